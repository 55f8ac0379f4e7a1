import type { Receipt } from "@stockwire/contracts/receipt";
import { useState } from "preact/hooks";
import { messageOf } from "../api/problem.ts";
import { formatCount } from "../format.ts";
import { goTo, linkTo } from "../router.ts";
import { maySend } from "../session/caller.ts";
import { usePage } from "../shell/context.ts";
import { Confirm } from "./confirm.tsx";

/** Whether asking for it can lead anywhere; the API has the last word. */
const isUndoable = ({ kind, mode, status, rows, retired }: Receipt): boolean =>
  kind === "inventory" &&
  mode !== "validate" &&
  (status === "loaded" || status === "partial") &&
  (rows.written > 0 || retired > 0);

export const UndoButton = ({ receipt }: { receipt: Receipt }) => {
  const { api, caller } = usePage();
  const [isAsking, setAsking] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string | undefined>();
  if (!maySend(caller) || !isUndoable(receipt)) return null;
  const undo = async (): Promise<void> => {
    setBusy(true);
    setFailed(undefined);
    try {
      const { uploads } = await api.send<{ uploads: [{ uploadId: string }] }>(
        "POST",
        `/v1/uploads/${receipt.uploadId}/undo`,
      );
      goTo(linkTo(["uploads", uploads[0].uploadId]));
    } catch (error) {
      setFailed(messageOf(error));
    } finally {
      setBusy(false);
    }
  };
  const written = receipt.rows.written;
  return (
    <>
      <button type="button" class="danger" disabled={isBusy} onClick={() => setAsking(true)}>
        {isBusy ? "Undoing…" : receipt.mode === "undo" ? "Undo this undoing" : "Undo this upload"}
      </button>
      {failed !== undefined && (
        <p class="error" role="alert">
          {failed}
        </p>
      )}
      {isAsking && (
        <Confirm
          title={`Undo ${receipt.filename}?`}
          action="Undo"
          onConfirm={() => void undo()}
          close={() => setAsking(false)}
        >
          <p>
            Of the {formatCount(written)} {written === 1 ? "item" : "items"} that it wrote
            {receipt.retired > 0 && ` and the ${formatCount(receipt.retired)} that it retired`}, each one gets
            its former count back; those that it had added are removed. What a later upload has touched stays
            as it is.
          </p>
          <p>You see what became of each item, and can undo the undoing.</p>
        </Confirm>
      )}
    </>
  );
};
