/** One line of the table: what was looked at, what was lost, what was done about it. */
export interface Outcome {
  readonly subject: string;
  readonly looked: number;
  readonly lost: number;
  readonly brought: number;
  /** Nothing was looked at. */
  readonly isSkipped?: boolean;
  /** What cannot be judged yet. */
  readonly leftOut?: number;
}

const HEAD = ["", "looked at", "lost", "announced again"] as const;

/** A table of the outcomes, right-aligned. */
export const renderTable = (outcomes: readonly Outcome[]): string => {
  const rows = [
    HEAD,
    ...outcomes.map(({ subject, looked, lost, brought, isSkipped }) => [
      subject,
      ...[looked, lost, brought].map((count) => (isSkipped ? "-" : String(count))),
    ]),
  ];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
};
