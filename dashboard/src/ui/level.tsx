import type { Level } from "@stockwire/contracts/level";

const WORDS: Readonly<Record<Level, string>> = { ok: "In stock", low: "Low", out: "Out of stock" };
/** A shape besides the colour, for whoever does not see the difference. */
const SIGNS: Readonly<Record<Level, string>> = { ok: "●", low: "▲", out: "■" };

export const LevelBadge = ({ level }: { level: Level }) => (
  <span class={`level level-${level}`}>
    <span aria-hidden="true">{SIGNS[level]}</span> <span class="level-word">{WORDS[level]}</span>
  </span>
);
