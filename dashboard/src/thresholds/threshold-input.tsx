import { useEffect, useId, useState } from "preact/hooks";
import { formatCount } from "../format.ts";
import { parseThreshold } from "./thresholds.ts";

interface ThresholdInputProps {
  readonly label: string;
  readonly hideLabel?: boolean;
  /** Null: never low. */
  readonly value: number | null;
  readonly change: (next: number | null) => void;
  readonly markFaulty: (isFaulty: boolean) => void;
  readonly mayChange: boolean;
}

/** A count, or never. */
export const ThresholdInput = (props: ThresholdInputProps) => {
  const { label, hideLabel = false, value, change, markFaulty, mayChange } = props;
  const id = useId();
  const [text, setText] = useState(textOf(value));
  // Another value than the one that was typed came from outside.
  useEffect(() => {
    if ((parseThreshold(text) ?? null) === value) return;
    setText(textOf(value));
    markFaulty(false);
  }, [value]);
  const isFaulty = text.trim() !== "" && parseThreshold(text) === undefined;
  if (!mayChange) {
    return (
      <p>
        {!hideLabel && <span class="muted">{label}: </span>}
        {value === null ? "never" : formatCount(value)}
      </p>
    );
  }
  return (
    <div class="threshold-input">
      <label>
        <span class={hideLabel ? "visually-hidden" : ""}>{label}</span>
        <input
          inputMode="numeric"
          value={text}
          placeholder="never"
          aria-invalid={isFaulty}
          aria-describedby={isFaulty ? `${id}-fault` : undefined}
          onInput={(event) => {
            const typed = event.currentTarget.value;
            setText(typed);
            const threshold = parseThreshold(typed);
            const isEmpty = typed.trim() === "";
            markFaulty(threshold === undefined && !isEmpty);
            if (threshold !== undefined || isEmpty) change(threshold ?? null);
          }}
        />
      </label>
      {isFaulty && (
        <p id={`${id}-fault`} class="error" role="alert">
          A whole number up to 999999999, or nothing for never.
        </p>
      )}
    </div>
  );
};

const textOf = (threshold: number | null): string => (threshold === null ? "" : String(threshold));
