import { type Emphasis, ENTRY_FAULT } from "./fault-plan.ts";

/** One place in the sources, changed. */
export interface Edit {
  /** From the repository's root. */
  readonly file: string;
  /** Stands there exactly once. */
  readonly text: string;
  readonly replacement: string;
}

/** A guard taken out of the product's sources: the suite must notice. */
export interface Mutation {
  readonly name: string;
  /** Of DESIGN's rules; see docs/chaos.md. */
  readonly rule: 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;
  /** More than one where a second guard would do the work of the first. */
  readonly edits: readonly Edit[];
  /** What makes the moment likely at which the guard is needed. */
  readonly emphasis?: Emphasis;
}

const ingest = (path: string): string => `services/ingest-worker/src/${path}`;
const alert = (path: string): string => `services/alert-worker/src/${path}`;
const kit = (path: string): string => `packages/service-kit/src/${path}`;

/** Files of one store that overtake each other. */
const OVERTAKING: Emphasis = {
  sandwiches: 9,
  requests: { delayed: 0.12 },
  messages: { "message-held-back": 0.4 },
};
/** Batches of which only a part is done. */
const ENTRIES_REFUSED: Emphasis = { requests: { [ENTRY_FAULT]: 0.5 } };
/** Workers that end with files in hand. */
const ended = (signal: "SIGKILL" | "SIGTERM"): Emphasis => ({
  requests: { delayed: 0.5 },
  kills: [
    { service: "ingest-worker", signal, count: 6 },
    { service: "invoice-worker", signal, count: 2 },
  ],
});
const ALERTS_CUT_SHORT: Emphasis = {
  requests: { delayed: 0.5, "failed-before": 0.05 },
  messages: { "message-twice": 0.6 },
  kills: [{ service: "alert-worker", signal: "SIGKILL", count: 4 }],
};

export const MUTATIONS: readonly Mutation[] = [
  {
    name: "failed-file-is-forgotten",
    rule: 1,
    edits: [
      {
        file: kit("uploads/handle-uploads.ts"),
        text: "if (failed !== undefined) throw failed.reason;",
        replacement: "if (failed !== undefined) return;",
      },
    ],
  },
  {
    name: "own-rows-count-as-unchanged",
    rule: 2,
    edits: [
      {
        file: ingest("order/decide-row.ts"),
        text: '  // Written by this very load before it was cut short.\n  if (standing.Version === version) return "already-written";',
        replacement: '  if (standing.Version === version) return "unchanged";',
      },
    ],
    emphasis: ended("SIGKILL"),
  },
  {
    name: "ledger-entry-stays-open",
    rule: 2,
    edits: [
      {
        file: ingest("ingest-file.ts"),
        text: "  await tools.loads.finish(inspection.stores, job.version, counts);\n",
        replacement: "",
      },
    ],
  },
  {
    name: "older-row-wins",
    rule: 3,
    edits: [
      {
        file: ingest("order/decide-row.ts"),
        text: '  if (standing.Version > version) return "stale";\n  // Written',
        replacement: "  // Written",
      },
      {
        file: ingest("order/load-order.ts"),
        text: "      newerFiles.set(entry.version, entry);\n",
        replacement: "",
      },
    ],
    emphasis: OVERTAKING,
  },
  {
    name: "update-is-not-guarded",
    rule: 3,
    edits: [
      {
        file: ingest("table/inventory-table.ts"),
        text: 'AND "Version" = ?`',
        replacement: 'AND "Version" >= ?`',
      },
    ],
    emphasis: { sandwiches: 9, requests: { delayed: 0.15 } },
  },
  {
    name: "refused-rows-count-as-written",
    rule: 2,
    edits: [
      {
        file: ingest("table/inventory-table.ts"),
        text: 'else if (WORTH_RETRYING.has(error.Code ?? "")) again.push(index);',
        replacement: 'else if (WORTH_RETRYING.has(error.Code ?? "")) held[index] = true;',
      },
    ],
    emphasis: ENTRIES_REFUSED,
  },
  {
    name: "unprocessed-keys-are-not-there",
    rule: 3,
    edits: [
      {
        file: kit("read-together.ts"),
        text: "wanted = [...left, ...wanted.slice(KEYS_PER_READ)];",
        replacement: "wanted = wanted.slice(KEYS_PER_READ);",
      },
    ],
    emphasis: { ...OVERTAKING, requests: { ...OVERTAKING.requests, ...ENTRIES_REFUSED.requests } },
  },
  {
    name: "refused-records-count-as-written",
    rule: 6,
    edits: [
      {
        file: alert("batch-statements.ts"),
        text: "return response !== undefined && response.Error === undefined;",
        replacement: "return response !== undefined;",
      },
    ],
    emphasis: ENTRIES_REFUSED,
  },
  {
    name: "newer-open-load-is-not-awaited",
    rule: 3,
    edits: [
      {
        file: ingest("order/load-order.ts"),
        text: "entry.version > self.version && !entry.givenUp",
        replacement: 'entry.version > self.version && entry.state !== "open" && !entry.givenUp',
      },
    ],
    emphasis: OVERTAKING,
  },
  {
    name: "older-open-load-is-not-minded",
    rule: 3,
    edits: [
      { file: ingest("order/load-order.ts"), text: "      writeEveryRowOf.add(store);\n", replacement: "" },
    ],
    emphasis: OVERTAKING,
  },
  {
    name: "newer-files-are-not-looked-at",
    rule: 3,
    edits: [
      {
        file: ingest("order/load-order.ts"),
        text: "      newerFiles.set(entry.version, entry);\n",
        replacement: "",
      },
    ],
    emphasis: OVERTAKING,
  },
  {
    name: "unchanged-rows-are-written",
    rule: 4,
    edits: [
      {
        file: ingest("order/decide-row.ts"),
        text: 'return same && !writeEveryRow ? "unchanged" : "update";',
        replacement: 'return "update";',
      },
    ],
  },
  {
    name: "nothing-is-a-duplicate",
    rule: 5,
    edits: [
      {
        file: ingest("order/load-order.ts"),
        text: "return same ? neighbours[0] : undefined;",
        replacement: "return undefined;",
      },
    ],
  },
  {
    name: "equal-files-load-at-once",
    rule: 5,
    edits: [
      {
        file: ingest("order/content-lock.ts"),
        text: '"attribute_not_exists(Holder) OR Holder = :me"',
        replacement: '"attribute_not_exists(Holder) OR Holder = :me OR Holder <> :me"',
      },
    ],
    emphasis: { twins: 9, requests: { delayed: 0.3 } },
  },
  {
    name: "everybody-may-claim",
    rule: 6,
    edits: [
      {
        file: alert("claim-transition.ts"),
        text: '"attribute_not_exists(StoreItem) OR (attribute_not_exists(PublishedAt) AND ClaimedUntil <= :now)"',
        replacement:
          '"attribute_not_exists(StoreItem) OR attribute_exists(StoreItem) OR ClaimedUntil <= :now"',
      },
    ],
    emphasis: ALERTS_CUT_SHORT,
  },
  {
    name: "claim-of-the-dead-stands",
    rule: 6,
    edits: [
      {
        file: alert("claim-transition.ts"),
        text: "AND ClaimedUntil <= :now)",
        replacement: "AND ClaimedUntil = :now)",
      },
    ],
    emphasis: ALERTS_CUT_SHORT,
  },
  {
    name: "back-in-stock-is-no-news",
    rule: 6,
    edits: [
      {
        file: "packages/contracts/src/level.ts",
        text: '  if (previous.level === "out") return "back";\n',
        replacement: "",
      },
    ],
  },
  {
    name: "recorded-before-it-is-told",
    rule: 6,
    edits: [
      {
        file: alert("tell-staff.ts"),
        text: "  await orRelease(stages, claim, transitionLog, () =>\n    single",
        replacement: "  void orRelease(stages, claim, transitionLog, () =>\n    single",
      },
    ],
    emphasis: ALERTS_CUT_SHORT,
  },
  {
    name: "deleted-before-its-effect",
    rule: 7,
    edits: [
      {
        file: kit("queue-worker.ts"),
        text: "      const failure = await failureOf(",
        replacement: "      await actions.remove(message);\n      const failure = await failureOf(",
      },
    ],
  },
  {
    name: "given-up-at-once",
    rule: 7,
    edits: [
      {
        file: "packages/contracts/src/receipt.ts",
        text: "export const MAX_ATTEMPTS = 5;",
        replacement: "export const MAX_ATTEMPTS = 1;",
      },
    ],
  },
  {
    name: "stop-drops-what-is-under-way",
    rule: 8,
    edits: [
      {
        file: kit("queue-worker.ts"),
        text: "else if (signal.aborted) await handBack(message);",
        replacement: "else if (signal.aborted) await done(message);",
      },
    ],
    emphasis: ended("SIGTERM"),
  },
  {
    name: "accepted-invoice-is-overwritten",
    rule: 2,
    edits: [
      {
        file: "services/invoice-worker/src/store/decide-record.ts",
        text: 'const isNewer = standing.Status === "quarantined" && candidate.Version > standing.Version;',
        replacement: "const isNewer = true;",
      },
    ],
  },
  {
    name: "idempotency-key-is-ignored",
    rule: 1,
    edits: [
      {
        file: "services/upload-api/src/idempotency/take-in-once.ts",
        text: "if (key === undefined) return takeIn(",
        replacement: "if (key === undefined || key !== undefined) return takeIn(",
      },
    ],
  },
];
