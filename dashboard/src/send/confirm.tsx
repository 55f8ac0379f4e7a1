import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** Asks before something that is hard to take back. Escape and "Cancel" do nothing. */
export const Confirm = ({
  title,
  action,
  children,
  onConfirm,
  close,
}: {
  title: string;
  /** What the button says that does it. */
  action: string;
  children: ComponentChildren;
  onConfirm: () => void;
  close: () => void;
}) => {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} class="confirm" aria-labelledby="confirm-title" onClose={close}>
      <h2 id="confirm-title">{title}</h2>
      {children}
      <div class="confirm-actions">
        <button type="button" onClick={() => dialog.current?.close()}>
          Cancel
        </button>
        <button
          type="button"
          class="danger"
          onClick={() => {
            dialog.current?.close();
            onConfirm();
          }}
        >
          {action}
        </button>
      </div>
    </dialog>
  );
};
