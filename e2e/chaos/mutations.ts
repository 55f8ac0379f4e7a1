/** A guard taken out of the product's sources: the suite must notice. */
export interface Mutation {
  readonly name: string;
  /** Of DESIGN's rules; see docs/chaos.md. */
  readonly rule: 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;
  /** From the repository's root. */
  readonly file: string;
  /** Stands there exactly once. */
  readonly text: string;
  readonly replacement: string;
}

const ingest = (path: string): string => `services/ingest-worker/src/${path}`;
const alert = (path: string): string => `services/alert-worker/src/${path}`;
const kit = (path: string): string => `packages/service-kit/src/${path}`;

export const MUTATIONS: readonly Mutation[] = [
  {
    name: "failed-file-is-forgotten",
    rule: 1,
    file: kit("uploads/handle-uploads.ts"),
    text: "if (failed !== undefined) throw failed.reason;",
    replacement: "if (failed !== undefined) return;",
  },
  {
    name: "own-rows-count-as-unchanged",
    rule: 2,
    file: ingest("order/decide-row.ts"),
    text: '  // Written by this very load before it was cut short.\n  if (standing.Version === version) return "already-written";',
    replacement: '  if (standing.Version === version) return "unchanged";',
  },
  {
    name: "ledger-entry-stays-open",
    rule: 2,
    file: ingest("ingest-file.ts"),
    text: "  await tools.loads.finish(inspection.stores, job.version, counts);\n",
    replacement: "",
  },
  {
    name: "older-row-wins",
    rule: 3,
    file: ingest("order/decide-row.ts"),
    text: '  if (standing.Version > version) return "stale";\n  // Written',
    replacement: "  // Written",
  },
  {
    name: "update-is-not-guarded",
    rule: 3,
    file: ingest("table/inventory-table.ts"),
    text: 'AND "Version" = ?`',
    replacement: 'AND "Version" >= ?`',
  },
  {
    name: "newer-open-load-is-not-awaited",
    rule: 3,
    file: ingest("order/load-order.ts"),
    text: 'newer.find((entry) => entry.state === "open")',
    replacement: "newer.find(() => false)",
  },
  {
    name: "older-open-load-is-not-minded",
    rule: 3,
    file: ingest("order/load-order.ts"),
    text: "      writeEveryRowOf.add(store);\n",
    replacement: "",
  },
  {
    name: "newer-files-are-not-looked-at",
    rule: 3,
    file: ingest("order/load-order.ts"),
    text: "      newerFiles.set(entry.version, entry);\n",
    replacement: "",
  },
  {
    name: "unchanged-rows-are-written",
    rule: 4,
    file: ingest("order/decide-row.ts"),
    text: 'return same && !writeEveryRow ? "unchanged" : "update";',
    replacement: 'return "update";',
  },
  {
    name: "nothing-is-a-duplicate",
    rule: 5,
    file: ingest("order/load-order.ts"),
    text: "return same ? neighbours[0] : undefined;",
    replacement: "return undefined;",
  },
  {
    name: "equal-files-load-at-once",
    rule: 5,
    file: ingest("order/content-lock.ts"),
    text: "if (await take(content, uploadId)) return;",
    replacement: "if ((await take(content, uploadId)) || true) return;",
  },
  {
    name: "everybody-may-claim",
    rule: 6,
    file: alert("claim-transition.ts"),
    text: '"attribute_not_exists(StoreItem) OR (attribute_not_exists(PublishedAt) AND ClaimedUntil <= :now)"',
    replacement: '"attribute_not_exists(StoreItem) OR attribute_exists(StoreItem) OR ClaimedUntil <= :now"',
  },
  {
    name: "claim-of-the-dead-stands",
    rule: 6,
    file: alert("claim-transition.ts"),
    text: "AND ClaimedUntil <= :now)",
    replacement: "AND ClaimedUntil = :now)",
  },
  {
    name: "back-in-stock-is-no-news",
    rule: 6,
    file: "packages/contracts/src/level.ts",
    text: '  if (previous.level === "out") return "back";\n',
    replacement: "",
  },
  {
    name: "recorded-before-it-is-told",
    rule: 6,
    file: alert("tell-staff.ts"),
    text: "  await orRelease(stages, claim, transitionLog, () =>\n    single",
    replacement: "  void orRelease(stages, claim, transitionLog, () =>\n    single",
  },
  {
    name: "deleted-before-its-effect",
    rule: 7,
    file: kit("queue-worker.ts"),
    text: "      const failure = await failureOf(",
    replacement: "      await actions.remove(message);\n      const failure = await failureOf(",
  },
  {
    name: "given-up-at-once",
    rule: 7,
    file: "packages/contracts/src/receipt.ts",
    text: "export const MAX_ATTEMPTS = 5;",
    replacement: "export const MAX_ATTEMPTS = 1;",
  },
  {
    name: "stop-drops-what-is-under-way",
    rule: 8,
    file: kit("queue-worker.ts"),
    text: "else if (signal.aborted) await actions.hideFor(message, 0);",
    replacement: "else if (signal.aborted) await done(message);",
  },
  {
    name: "accepted-invoice-is-overwritten",
    rule: 2,
    file: "services/invoice-worker/src/store/decide-record.ts",
    text: 'const isNewer = standing.Status === "quarantined" && candidate.Version > standing.Version;',
    replacement: "const isNewer = true;",
  },
  {
    name: "idempotency-key-is-ignored",
    rule: 1,
    file: "services/upload-api/src/idempotency/take-in-once.ts",
    text: "if (key === undefined) return takeIn(",
    replacement: "if (key === undefined || key !== undefined) return takeIn(",
  },
];
