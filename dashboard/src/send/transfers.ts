import { effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Receipt } from "@stockwire/contracts/receipt";
import { ApiProblem, messageOf } from "../api/problem.ts";
import { credential } from "../session/session.ts";
import type { Page } from "../shell/context.ts";
import { canCancel, type Left } from "./cancelled.ts";
import { followReceipt } from "./follow-receipt.ts";
import { goesInParts, type Outgoing, refusalOf } from "./outgoing.ts";
import { giveUp, sendInParts } from "./send-in-parts.ts";
import { sendWhole } from "./send-whole.ts";
import { underWay } from "./under-way.ts";

/** Where a file is on its way. `waitsFor` says what is being waited out before it goes on. */
export type TransferState =
  | { readonly phase: "waiting" }
  | { readonly phase: "hashing"; readonly done: number }
  | { readonly phase: "sending"; readonly done: number; readonly waitsFor?: string }
  | { readonly phase: "loading"; readonly uploadId: string; readonly receipt?: Receipt }
  | { readonly phase: "ended"; readonly uploadId: string; readonly receipt: Receipt }
  | {
      readonly phase: "failed";
      readonly message: string;
      readonly uploadId?: string;
      readonly final: boolean;
    }
  | { readonly phase: "cancelled"; readonly left: Left };

/** One file on its way, whatever view is shown. */
export interface Transfer {
  readonly id: number;
  readonly outgoing: Outgoing;
  readonly state: ReadonlySignal<TransferState>;
}

export interface Transfers {
  /** Newest first. */
  readonly list: ReadonlySignal<readonly Transfer[]>;
  readonly add: (files: readonly Omit<Outgoing, "idempotencyKey">[]) => readonly Transfer[];
  readonly cancel: (id: number) => void;
  /** Goes on where it failed, as the same upload. */
  readonly retry: (id: number) => void;
  /** Takes what has ended off the list. */
  readonly clear: () => void;
}

interface Entry extends Transfer {
  readonly state: Signal<TransferState>;
  outgoing: Outgoing;
  stopping: AbortController;
  /** All of its bytes left the page in some attempt. */
  mayHaveArrived: boolean;
}

const AT_ONCE = 3;
const ACTIVE: ReadonlySet<TransferState["phase"]> = new Set(["waiting", "hashing", "sending"]);

export const isActive = ({ phase }: TransferState): boolean => ACTIVE.has(phase);

const ofPages = new WeakMap<Page, Transfers>();

/** The page's one queue; it goes on while other views are looked at. */
export const transfersOf = (page: Page): Transfers => {
  const standing = ofPages.get(page);
  if (standing) return standing;
  const made = createTransfers(page);
  ofPages.set(page, made);
  return made;
};

const createTransfers = (page: Page): Transfers => {
  const { api } = page;
  const list = signal<readonly Entry[]>([]);
  let made = 0;
  let running = 0;

  const count = (): void => {
    underWay.value = list.value.filter(({ state }) => isActive(state.value)).length;
  };
  const move = (entry: Entry, state: TransferState): void => {
    entry.state.value = state;
    count();
  };

  const follow = async (entry: Entry, uploadId: string): Promise<void> => {
    const { signal } = entry.stopping;
    move(entry, { phase: "loading", uploadId });
    const show = (receipt: Receipt) => move(entry, { phase: "loading", uploadId, receipt });
    try {
      const receipt = await followReceipt(page, uploadId, show, { signal, isKnown: true });
      move(entry, { phase: "ended", uploadId, receipt });
    } catch (error) {
      if (!signal.aborted)
        move(entry, { phase: "failed", message: messageOf(error), uploadId, final: false });
    }
  };

  const send = async (entry: Entry): Promise<void> => {
    const { outgoing, stopping } = entry;
    const { file, kind } = outgoing;
    const { signal } = stopping;
    let done = 0;
    const progressed = (sent: number): void => {
      done = sent;
      entry.mayHaveArrived ||= sent >= file.size;
      move(entry, { phase: "sending", done });
    };
    const sending = {
      api,
      signal,
      onHashing: (hashed: number) => move(entry, { phase: "hashing", done: hashed }),
      onProgress: progressed,
      onWait: (error: unknown) => move(entry, { phase: "sending", done, waitsFor: messageOf(error) }),
    };
    try {
      progressed(0);
      const way = goesInParts(kind, file.size) ? sendInParts : sendWhole;
      void follow(entry, await way(outgoing, sending));
    } catch (error) {
      if (signal.aborted) return;
      // A key that belongs to other bytes is of no more use: the file has changed since.
      if (error instanceof ApiProblem && error.code === "idempotency_key_reused") {
        entry.outgoing = { ...outgoing, idempotencyKey: crypto.randomUUID() };
      }
      const final = error instanceof ApiProblem && error.code === "unreadable_file";
      move(entry, { phase: "failed", message: messageOf(error), final });
    }
  };

  /** Says at first what is sure, and then what the API answered. */
  const giveUpParts = async (entry: Entry): Promise<void> => {
    const { stopping } = entry;
    move(entry, { phase: "cancelled", left: entry.mayHaveArrived ? "perhaps all" : "parts" });
    const answer = await giveUp(entry.outgoing, api).then(
      (uploadId) => ({ uploadId }),
      () => undefined,
    );
    // Sent after all in the meantime, or not known any better.
    if (answer === undefined || entry.stopping !== stopping) return;
    if (answer.uploadId === undefined) {
      move(entry, { phase: "cancelled", left: "nothing" });
      return;
    }
    entry.stopping = new AbortController();
    void follow(entry, answer.uploadId);
  };

  const startNext = (): void => {
    for (const entry of [...list.value].reverse()) {
      if (running >= AT_ONCE) return;
      if (entry.state.value.phase !== "waiting") continue;
      running += 1;
      void send(entry).finally(() => {
        running -= 1;
        startNext();
      });
    }
  };

  const find = (id: number): Entry | undefined => list.value.find((entry) => entry.id === id);

  const stopAll = effect(() => {
    // Whoever signed out is not to go on sending; what was begun in parts can be gone on with.
    if (credential.value !== undefined) return;
    queueMicrotask(() => {
      for (const { stopping } of list.value) stopping.abort();
      list.value = [];
      count();
      stopAll();
      ofPages.delete(page);
    });
  });

  return {
    list,
    add: (files) => {
      const entries = files.map((one): Entry => {
        const refusal = refusalOf(one.kind, one.file.size);
        return {
          id: ++made,
          outgoing: { ...one, idempotencyKey: crypto.randomUUID() },
          state: signal<TransferState>(
            refusal === undefined ? { phase: "waiting" } : { phase: "failed", message: refusal, final: true },
          ),
          stopping: new AbortController(),
          mayHaveArrived: false,
        };
      });
      list.value = [...entries.toReversed(), ...list.value];
      count();
      startNext();
      return entries;
    },
    cancel: (id) => {
      const entry = find(id);
      if (!entry || !canCancel(entry.state.value, entry.outgoing.file.size)) return;
      entry.stopping.abort();
      if (goesInParts(entry.outgoing.kind, entry.outgoing.file.size)) void giveUpParts(entry);
      else move(entry, { phase: "cancelled", left: entry.mayHaveArrived ? "perhaps all" : "nothing" });
    },
    retry: (id) => {
      const entry = find(id);
      const state = entry?.state.value;
      if (!entry || (state?.phase !== "failed" && state?.phase !== "cancelled")) return;
      entry.stopping = new AbortController();
      if (state.phase === "failed" && state.uploadId !== undefined) {
        void follow(entry, state.uploadId);
        return;
      }
      move(entry, { phase: "waiting" });
      startNext();
    },
    clear: () => {
      const rests = (state: TransferState) => isActive(state) || state.phase === "loading";
      list.value = list.value.filter(({ state }) => rests(state.value));
    },
  };
};
