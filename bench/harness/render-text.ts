import { RATIO_COLUMNS, ratioCells } from "./judge-ratio.ts";
import type { Measured } from "./measured.ts";

/** A benchmark's tables and ratios, for a terminal. */
export const renderOutcome = ({ name, title, tables, ratios, seconds }: Measured): string =>
  [
    `\n${name}: ${title} (${seconds} s)`,
    ...tables.flatMap((table) => ["", table.title, ...aligned([table.columns, ...table.rows])]),
    ...(ratios.length > 0 ? ["", ...aligned([RATIO_COLUMNS, ...ratios.map(ratioCells)])] : []),
  ].join("\n");

/** The first column to the left, figures to the right. */
const aligned = (rows: readonly (readonly string[])[]): string[] => {
  const width = (column: number): number => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(width(0)) : cell.padStart(width(column))))
      .join("  ")
      .trimEnd(),
  );
};
