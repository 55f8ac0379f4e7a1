import type { Letter, Walk } from "./letters.ts";

/** How many there are, by reason. */
export const summarise = (queue: string, letters: readonly Letter[]): readonly string[] => {
  const byReason = Map.groupBy(letters, ({ reason }) => reason);
  if (byReason.size === 0) return [`${queue}: none`];
  return [...byReason]
    .toSorted(([, a], [, b]) => b.length - a.length)
    .map(([reason, of]) => `${queue}: ${of.length} ${reason}`);
};

/** One letter on a few lines: what, why, how often, when. */
export const describeLetter = (queue: string, letter: Letter): string =>
  [
    `${queue} ${letter.id} ${letter.reason}${letter.attempts === undefined ? "" : `, attempts: ${letter.attempts}`}${letter.parkedAt === undefined ? "" : `, since ${letter.parkedAt}`}, from ${letter.origin}`,
    `  ${letter.message}`,
    `  ${letter.body.slice(0, 500)}`,
  ].join("\n");

/** Where a walk may not have come past every letter. */
export const sayMore = (queue: string, { seen, mayBeMore }: Walk): string | undefined =>
  mayBeMore ? `${queue}: there may be more than these ${seen}; run it again` : undefined;
