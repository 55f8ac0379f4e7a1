import { formatCount } from "../format.ts";
import type { LitLine } from "./invoice-view.tsx";

export type Light = (lit: LitLine | undefined) => void;

/** Handlers of whatever was read from a line: it is lit while the pointer is there. */
export const litWhileOver = (line: number | null, light: Light) => ({
  onPointerEnter: () => line !== null && light({ line, isWanted: false }),
  onPointerLeave: () => light(undefined),
});

/** Lights the line of the text, and moves there. */
export const LineLink = ({ line, about, light }: { line: number | null; about: string; light: Light }) => {
  if (line === null) return null;
  const show = (): void => light({ line, isWanted: true });
  return (
    <button
      type="button"
      class="line-link"
      aria-label={`Line ${line} of the original: ${about}`}
      onClick={show}
      onFocus={show}
      onBlur={() => light(undefined)}
    >
      line {formatCount(line)}
    </button>
  );
};
