import type { Receipt } from "@stockwire/contracts/receipt";
import { useEffect, useState } from "preact/hooks";
import { messageOf } from "../api/problem.ts";
import { formatBytes } from "../format.ts";
import { goTo, linkTo } from "../router.ts";
import { maySend } from "../session/caller.ts";
import { usePage } from "../shell/context.ts";
import { goesInParts } from "./outgoing.ts";
import { isActive, type Transfer, transfersOf } from "./transfers.ts";

/** Loads what a dry run has looked at: the same bytes, from this page's memory or from the API. */
export const LoadNow = ({ receipt }: { receipt: Receipt }) => {
  const page = usePage();
  const transfers = transfersOf(page);
  const [isFetching, setFetching] = useState(false);
  const [failed, setFailed] = useState<string | undefined>();
  const [transfer, setTransfer] = useState<Transfer | undefined>();
  const state = transfer?.state.value;
  const loaded = state && "uploadId" in state ? state.uploadId : undefined;
  useEffect(() => {
    if (loaded !== undefined) goTo(linkTo(["uploads", loaded]));
  }, [loaded]);
  if (!maySend(page.caller) || receipt.mode !== "validate" || receipt.status !== "validated") return null;
  const own = transfers.list
    .peek()
    .find(({ state: { value } }) => "uploadId" in value && value.uploadId === receipt.uploadId);

  const load = async (): Promise<void> => {
    setFailed(undefined);
    try {
      const file = own?.outgoing.file ?? (await fetchFile());
      const store = own ? own.outgoing.store : (receipt.store ?? undefined);
      const [added] = transfers.add([{ file, kind: "inventory", mode: "load", store }]);
      setTransfer(added);
    } catch (error) {
      setFailed(messageOf(error));
    }
  };
  const fetchFile = async (): Promise<File> => {
    setFetching(true);
    try {
      const answer = await page.api.open(receipt.links.file);
      return new File([await answer.blob()], receipt.filename);
    } finally {
      setFetching(false);
    }
  };

  if (!own && goesInParts("inventory", receipt.bytes)) {
    return (
      <p class="muted">
        To load it, <a href={linkTo(["send"])}>choose the file again</a>: {formatBytes(receipt.bytes)} are too
        many to fetch and send back.
      </p>
    );
  }
  const isBusy = isFetching || (state !== undefined && isActive(state));
  return (
    <>
      <button type="button" class="primary" disabled={isBusy} onClick={() => void load()}>
        {isBusy ? "Sending…" : "Load it now"}
      </button>
      {(failed !== undefined || state?.phase === "failed") && (
        <p class="error" role="alert">
          {failed ?? (state?.phase === "failed" ? state.message : "")}
        </p>
      )}
    </>
  );
};
