import { useState } from "preact/hooks";
import { goTo, linkTo } from "../router.ts";
import { type DateRange, datePresets } from "./date-presets.ts";

/** The range stands in the address, so that it can be kept and sent. */
export const RangeTools = ({ range }: { range: DateRange }) => {
  const [from, setFrom] = useState(range.from ?? "");
  const [to, setTo] = useState(range.to ?? "");
  const isBackwards = from !== "" && to !== "" && from > to;
  const show = (next: DateRange) => goTo(linkTo(["expenses"], { ...next }), { replace: true });
  return (
    <div class="tools">
      <fieldset class="segments">
        <legend class="visually-hidden">Range</legend>
        {datePresets().map(({ name, range: preset }) => (
          <label key={name}>
            <input
              type="radio"
              name="range"
              checked={preset.from === range.from && preset.to === range.to}
              onChange={() => show(preset)}
            />
            <span>{name}</span>
          </label>
        ))}
      </fieldset>
      <form
        class="range-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (!isBackwards) show({ from: from || undefined, to: to || undefined });
        }}
      >
        <label>
          From
          <input
            type="date"
            min="2000-01-01"
            value={from}
            onInput={(event) => setFrom(event.currentTarget.value)}
          />
        </label>
        <label>
          To
          <input
            type="date"
            min="2000-01-01"
            value={to}
            aria-invalid={isBackwards}
            onInput={(event) => setTo(event.currentTarget.value)}
          />
        </label>
        <button type="submit" disabled={isBackwards}>
          {isBackwards ? "Ends before it begins" : "Show"}
        </button>
      </form>
    </div>
  );
};
