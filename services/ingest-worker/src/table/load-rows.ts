import type { S3Client } from "@aws-sdk/client-s3";
import type { WarningCode } from "@stockwire/contracts/codes";
import type { Checkpoint, InventoryItem } from "@stockwire/contracts/items";
import type { AlertKind, Level } from "@stockwire/contracts/level";
import { NO_ROWS, type RowCounts, type Warning } from "@stockwire/contracts/receipt";
import type { Boundary } from "../file/parse-records.ts";
import type { StockRow } from "../file/validate-row.ts";
import { forEachLimited } from "../for-each-limited.ts";
import { decideRow } from "../order/decide-row.ts";
import { dropStale, type Newer } from "./drop-stale.ts";
import type { RowBlock } from "./in-blocks.ts";
import { type InventoryTable, KEYS_PER_READ } from "./inventory-table.ts";
import type { StandingRows } from "./standing-rows.ts";
import { inBatches, type RowWriter, writeRows } from "./write-rows.ts";

export interface LoadedRows {
  readonly rows: RowCounts;
  readonly warnings: readonly Warning[];
}

const MAX_WARNINGS = 100;

/**
 * The second pass: every accepted row of the file into the table. The last of several rows for one item counts,
 * the earlier ones are `repeated`.
 */
export const loadRows = async (
  blocks: AsyncIterable<RowBlock>,
  options: {
    readonly table: InventoryTable;
    readonly standing: StandingRows;
    readonly s3: S3Client;
    readonly newer: Newer;
    readonly writer: RowWriter;
    /** Reads of 100 rows (with the writes that follow from them) at the same time. */
    readonly parallel: number;
    /** What an earlier attempt had done before the first block. */
    readonly before?: Checkpoint;
    /** Told now and then, in the middle of a block. */
    readonly onMoving: (rows: RowCounts) => Promise<void>;
    /** Told after each block behind which another attempt can go on. */
    readonly onLoaded: (rows: RowCounts, next: Boundary, warnings: readonly Warning[]) => Promise<void>;
    readonly signal: AbortSignal;
  },
): Promise<LoadedRows> => {
  const { signal } = options;
  const rows = { ...(options.before?.Rows ?? NO_ROWS) };
  const warnings = new Map<string, Warning>(
    options.before?.Warnings.map((warning) => [warningKey(warning), warning]),
  );
  const warn = (warning: Warning): void => {
    if (warnings.size < MAX_WARNINGS) warnings.set(warningKey(warning), warning);
  };
  for await (const block of blocks) {
    const sorted = await dropStale(options.s3, block.rows, options.newer, signal);
    for (const warning of sorted.warnings) warn(warning);
    for (const row of block.repeated) warn(repeatedWarning(row));
    rows.stale += sorted.stale.length;
    rows.repeated += block.repeated.length;
    rows.rejected += block.refused;
    await forEachLimited(inBatches(sorted.fresh, KEYS_PER_READ), options.parallel, async (batch) => {
      signal.throwIfAborted();
      const settled = await writeRows(options.table, batch, options.writer, options.standing.find);
      rows.written += settled.written;
      rows.unchanged += settled.unchanged;
      rows.stale += settled.stale;
      sumUp(rows);
      await options.onMoving({ ...rows });
    });
    sumUp(rows);
    if (block.next !== undefined) await options.onLoaded({ ...rows }, block.next, [...warnings.values()]);
  }
  return { rows, warnings: [...warnings.values()] };
};

const sumUp = (rows: { -readonly [Count in keyof RowCounts]: RowCounts[Count] }): void => {
  rows.read = rows.written + rows.unchanged + rows.stale + rows.rejected + rows.repeated;
};

/** Decides rows as a load does, and replaces with the counts of the file. */
export const loadWriter = (load: {
  readonly version: string;
  readonly uploadId: string;
  readonly writeEveryRowOf: ReadonlySet<string>;
  readonly level: (store: string, item: string, count: number) => Level;
  readonly onTransition: (kind: AlertKind) => void;
  readonly onWritten: (row: InventoryItem) => void;
}): RowWriter => ({
  version: load.version,
  uploadId: load.uploadId,
  onTransition: load.onTransition,
  onWritten: load.onWritten,
  decide: (row, standing) => {
    const wanted = { count: row.count, level: load.level(row.store, row.item, row.count) };
    const decision = decideRow(standing, wanted, load.version, load.writeEveryRowOf.has(row.store));
    if (decision === "insert" || decision === "update") return { outcome: "write", ...wanted };
    return { outcome: decision };
  },
});

const warningKey = ({ code, message, line }: Warning): string => `${code} ${line ?? message}`;

const repeatedWarning = (row: StockRow): Warning => ({
  code: "repeated_item" satisfies WarningCode,
  message: `${row.store} / ${row.item} comes again further down; the last row counts`,
  line: row.line,
});
