import { useEffect, useMemo, useRef } from "preact/hooks";
import { formatCount } from "../format.ts";
import type { LitLine } from "./invoice-view.tsx";

/** A text can have 16 MiB; the whole of it can be downloaded. */
const MAX_LINES = 2_000;

/** The text as it was sent, by lines. */
export const OriginalText = ({ text, lit }: { text: string; lit: LitLine | undefined }) => {
  const box = useRef<HTMLElement>(null);
  const lines = useMemo(() => text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/), [text]);
  // A text ends with a line end: there is no line behind it.
  const count = lines.at(-1) === "" ? lines.length - 1 : lines.length;
  const shown = lines.slice(0, Math.min(count, MAX_LINES));
  useEffect(() => {
    const row = lit?.isWanted ? box.current?.querySelector<HTMLElement>(".original-lit") : undefined;
    if (!row || !box.current) return;
    const { offsetTop, offsetHeight } = row;
    const { scrollTop, clientHeight } = box.current;
    if (offsetTop >= scrollTop && offsetTop + offsetHeight <= scrollTop + clientHeight) return;
    box.current.scrollTo({ top: offsetTop - clientHeight / 2 });
  }, [lit]);
  return (
    <section class="original" aria-labelledby="original">
      <h2 id="original">Original</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard */}
      <section class="original-text" ref={box} tabIndex={0} aria-label="Text, by lines">
        <ol>
          {shown.map((line, index) => (
            <li key={index} class={lit?.line === index + 1 ? "original-lit" : ""}>
              <span class="original-number" aria-hidden="true">
                {index + 1}
              </span>
              <span class="original-line">{line === "" ? "\u00a0" : line}</span>
            </li>
          ))}
        </ol>
      </section>
      {count > shown.length && (
        <p class="hint">
          {formatCount(shown.length)} of {formatCount(count)} lines; the download has all.
        </p>
      )}
    </section>
  );
};
