import { useState } from "preact/hooks";
import { formatCount } from "../format.ts";
import { route } from "../router.ts";
import { mayRead, maySend } from "../session/caller.ts";
import { usePage } from "../shell/context.ts";
import { Notice } from "../ui/notice.tsx";
import { Confirm } from "./confirm.tsx";
import { DropZone } from "./drop-zone.tsx";
import { kindOf } from "./file-kind.ts";
import type { Outgoing } from "./outgoing.ts";
import { RecentUploads } from "./recent-uploads.tsx";
import { type Choices, maySendInvoices, SendChoices } from "./send-choices.tsx";
import { TransferList } from "./transfer-list.tsx";
import { transfersOf } from "./transfers.ts";
import { Unfinished } from "./unfinished.tsx";
import "./send.css";

type Chosen = Omit<Outgoing, "idempotencyKey">;

/** Sends files, shows how far they are, and what was sent lately by whomever. */
const SendView = () => {
  const page = usePage();
  const { caller } = page;
  return (
    <>
      <div class="view-head">
        <h1>Files</h1>
      </div>
      {maySend(caller) ? <Sender /> : null}
      {mayRead(caller) ? <RecentUploads /> : null}
      {!maySend(caller) && !mayRead(caller) && <Notice title="Your key may neither send nor see files" />}
    </>
  );
};
export default SendView;

const Sender = () => {
  const page = usePage();
  const { caller } = page;
  const transfers = transfersOf(page);
  const [choices, setChoices] = useState<Choices>(() => ({
    kind: undefined,
    mode: "load",
    store: firstStore(caller.stores),
  }));
  const [asked, setAsked] = useState<readonly Chosen[]>([]);
  const invoices = maySendInvoices(caller);

  const take = async (files: readonly File[]): Promise<void> => {
    const chosen = await Promise.all(
      files.map(async (file): Promise<Chosen> => {
        const kind = invoices ? (choices.kind ?? (await kindOf(file))) : "inventory";
        if (kind === "invoice") return { file, kind, mode: "load", store: undefined };
        return { file, kind, mode: choices.mode, store: choices.store.trim() || undefined };
      }),
    );
    const replacing = chosen.filter(({ mode }) => mode === "replace");
    transfers.add(chosen.filter(({ mode }) => mode !== "replace"));
    if (replacing.length > 0) setAsked(replacing);
  };

  return (
    <>
      <section class="card sender" aria-label="Send files">
        <SendChoices choices={choices} change={(part) => setChoices((before) => ({ ...before, ...part }))} />
        <DropZone
          take={(files) => void take(files)}
          hint={
            invoices
              ? "Inventory as CSV with the columns store, item and count; invoices as text, one a file. Big files too: up to 2 GiB."
              : "Inventory as CSV with the columns store, item and count. Big files too: up to 2 GiB."
          }
        />
      </section>
      <Unfinished transfers={transfers} />
      <TransferList transfers={transfers} />
      {asked.length > 0 && (
        <Confirm
          title={
            asked.length === 1
              ? "Replace the stock?"
              : `Replace the stock with ${formatCount(asked.length)} files?`
          }
          action="Replace"
          onConfirm={() => transfers.add(asked)}
          close={() => setAsked([])}
        >
          <p>
            {asked[0]?.store === undefined
              ? "Every store that the file names keeps only the items in it."
              : `${asked[0].store} keeps only the items in the file.`}{" "}
            What it omits is no longer listed or counted until a newer file names it. Where rows are rejected,
            nothing is retired.
          </p>
          <ul class="confirm-files">
            {asked.map(({ file }) => (
              <li key={file.name}>{file.name}</li>
            ))}
          </ul>
        </Confirm>
      )}
    </>
  );
};

/** The one that the address asks for; a caller of several has to name one of them. */
const firstStore = (own: readonly string[] | null): string => {
  const asked = route.value.query.get("store") ?? "";
  if (own === null) return asked;
  return own.includes(asked) ? asked : (own[0] ?? "");
};
