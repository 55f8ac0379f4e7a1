import { useEffect, useRef, useState } from "preact/hooks";

/** Takes files: from the chooser, and dropped anywhere on the page while the view is shown. */
export const DropZone = ({ take, hint }: { take: (files: readonly File[]) => void; hint: string }) => {
  const [isOver, setOver] = useState(false);
  const latest = useRef(take);
  latest.current = take;
  useEffect(() => {
    const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;
    const over = (event: DragEvent): void => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const leave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent): void => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(false);
      latest.current([...(event.dataTransfer?.files ?? [])]);
    };
    addEventListener("dragover", over);
    addEventListener("dragleave", leave);
    addEventListener("drop", drop);
    return () => {
      removeEventListener("dragover", over);
      removeEventListener("dragleave", leave);
      removeEventListener("drop", drop);
    };
  }, []);
  return (
    <div class={isOver ? "drop-zone drop-zone-over" : "drop-zone"}>
      <label class="button primary drop-zone-button">
        Choose files
        <input
          type="file"
          multiple
          onChange={(event) => {
            const { files } = event.currentTarget;
            latest.current([...(files ?? [])]);
            // The same file can be chosen again.
            event.currentTarget.value = "";
          }}
        />
      </label>
      <p>{isOver ? "Let go to send them" : "or drop them anywhere on this page"}</p>
      <p class="hint">{hint}</p>
    </div>
  );
};
