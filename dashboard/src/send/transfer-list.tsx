import { formatBytes, formatShare } from "../format.ts";
import { linkTo } from "../router.ts";
import { canCancel, sayCancelled } from "./cancelled.ts";
import { RowsBar } from "./rows-bar.tsx";
import { summarise, toneOf } from "./summarise.ts";
import { isActive, type Transfer, type TransferState, type Transfers } from "./transfers.ts";

/** The files that this page is sending or has sent. */
export const TransferList = ({ transfers }: { transfers: Transfers }) => {
  const list = transfers.list.value;
  if (list.length === 0) return null;
  const hasEnded = list.some(({ state: { value } }) => !isActive(value) && value.phase !== "loading");
  return (
    <section aria-labelledby="queue-title" class="queue">
      <div class="section-head">
        <h2 id="queue-title">Sent from this page</h2>
        {hasEnded && (
          <button type="button" class="quiet" onClick={transfers.clear}>
            Clear what has ended
          </button>
        )}
      </div>
      <ul class="queue-list">
        {list.map((transfer) => (
          <TransferRow key={transfer.id} transfer={transfer} transfers={transfers} />
        ))}
      </ul>
    </section>
  );
};

const MODE_WORDS = { load: "", validate: " · dry run", replace: " · replace" } as const;

const TransferRow = ({ transfer, transfers }: { transfer: Transfer; transfers: Transfers }) => {
  const { file, kind, mode, store } = transfer.outgoing;
  const state = transfer.state.value;
  return (
    <li class="card transfer">
      <div class="transfer-head">
        <div class="transfer-name">
          <h3>{file.name}</h3>
          <p class="muted">
            {kind === "invoice" ? "Invoice" : "Inventory"} · {formatBytes(file.size)}
            {kind === "inventory" && MODE_WORDS[mode]}
            {kind === "inventory" && store !== undefined && ` · ${store} alone`}
          </p>
        </div>
        {canCancel(state, file.size) && (
          <button type="button" onClick={() => transfers.cancel(transfer.id)}>
            Cancel <span class="visually-hidden">{file.name}</span>
          </button>
        )}
        {((state.phase === "failed" && !state.final) || state.phase === "cancelled") && (
          <button type="button" onClick={() => transfers.retry(transfer.id)}>
            {state.phase === "failed" ? "Try again" : "Send after all"}{" "}
            <span class="visually-hidden">{file.name}</span>
          </button>
        )}
        {"uploadId" in state && state.uploadId !== undefined && (
          <a class="button" href={linkTo(["uploads", state.uploadId])}>
            Receipt <span class="visually-hidden">of {file.name}</span>
          </a>
        )}
      </div>
      <Progress state={state} bytes={file.size} name={file.name} />
    </li>
  );
};

const Progress = ({ state, bytes, name }: { state: TransferState; bytes: number; name: string }) => {
  switch (state.phase) {
    case "waiting":
      return <p role="status">Waiting for the files before it</p>;
    case "hashing":
      return <Bytes label="Checking" done={state.done} bytes={bytes} name={name} />;
    case "sending":
      return (
        <>
          <Bytes label={sendingLabel(state.done, bytes)} done={state.done} bytes={bytes} name={name} />
          {state.waitsFor !== undefined && (
            <p class="error" role="status">
              {state.waitsFor} It goes on by itself if that passes soon.
            </p>
          )}
        </>
      );
    case "loading":
    case "ended":
      return state.receipt ? (
        <>
          <p class={`tone-${toneOf(state.receipt)}`} role="status">
            {summarise(state.receipt)}
          </p>
          {state.receipt.error && <p class="muted">{state.receipt.error.message}</p>}
          <RowsBar receipt={state.receipt} />
        </>
      ) : (
        <p role="status">Stored; waiting to be loaded</p>
      );
    case "failed":
      return (
        <p class="error" role="alert">
          {state.message}
        </p>
      );
    case "cancelled":
      return (
        <p class="muted" role="status">
          {sayCancelled(state.left)}
        </p>
      );
  }
};

const sendingLabel = (done: number, bytes: number): string =>
  bytes > 0 && done >= bytes ? "Sent; being stored" : "Sending";

const Bytes = ({
  label,
  done,
  bytes,
  name,
}: {
  label: string;
  done: number;
  bytes: number;
  name: string;
}) => (
  <div class="transfer-bytes">
    <progress max={Math.max(bytes, 1)} value={Math.min(done, bytes)} aria-label={`${label} ${name}`} />
    <p class="number">
      {label}: {formatBytes(Math.min(done, bytes))} of {formatBytes(bytes)}
      {bytes > 0 && ` (${formatShare(Math.min(1, done / bytes))})`}
    </p>
  </div>
);
