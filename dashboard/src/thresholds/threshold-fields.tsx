import { useEffect, useState } from "preact/hooks";
import { collator, formatCount } from "../format.ts";
import { type ThresholdSet, thresholdOf } from "./rebase-thresholds.ts";
import { ThresholdInput } from "./threshold-input.tsx";

/** Rows shown at once: with more, the reader is asked to look for a name. */
const MAX_SHOWN = 100;

interface ThresholdFieldsProps {
  readonly set: ThresholdSet;
  readonly change: (next: ThresholdSet) => void;
  /** Told whether every field can be read. */
  readonly setValid: (isValid: boolean) => void;
  readonly mayChange: boolean;
}

/** The default, and a row for every item that has a threshold of its own. */
export const ThresholdFields = ({ set, change, setValid, mayChange }: ThresholdFieldsProps) => {
  const [search, setSearch] = useState("");
  const [faulty, setFaulty] = useState<ReadonlySet<string>>(new Set());
  const names = Object.keys(set.items).sort(collator.compare);
  const wanted = search.trim().toLocaleLowerCase();
  const found = names.filter((name) => name.toLocaleLowerCase().includes(wanted));
  const shown = found.slice(0, MAX_SHOWN);
  useEffect(() => setValid(faulty.size === 0), [faulty, setValid]);

  const mark = (field: string, isFaulty: boolean): void =>
    setFaulty((before) => {
      const next = new Set(before);
      if (isFaulty) next.add(field);
      else next.delete(field);
      return next;
    });
  const put = (item: string, threshold: number | null): void =>
    change({ ...set, items: Object.fromEntries([...Object.entries(set.items), [item, threshold]]) });
  const remove = (item: string): void => {
    mark(`item ${item}`, false);
    change({
      ...set,
      items: Object.fromEntries(Object.entries(set.items).filter(([name]) => name !== item)),
    });
  };

  return (
    <>
      <section class="card threshold-default">
        <h2>Every other item</h2>
        <ThresholdInput
          label="Low at or below"
          value={set.default}
          change={(next) => change({ ...set, default: next })}
          markFaulty={(isFaulty) => mark("default", isFaulty)}
          mayChange={mayChange}
        />
      </section>
      <section aria-labelledby="own-thresholds">
        <h2 id="own-thresholds">Items with a threshold of their own</h2>
        {names.length > 10 && (
          <label class="threshold-find">
            Find an item
            <input type="search" value={search} onInput={(event) => setSearch(event.currentTarget.value)} />
          </label>
        )}
        {names.length === 0 && <p class="muted">None.</p>}
        <ul class="threshold-items">
          {shown.map((item) => (
            <li key={item} class="threshold-item">
              <span class="threshold-name">{item}</span>
              <ThresholdInput
                label={`Low at or below, ${item}`}
                hideLabel
                value={thresholdOf(set, item) ?? null}
                change={(next) => put(item, next)}
                markFaulty={(isFaulty) => mark(`item ${item}`, isFaulty)}
                mayChange={mayChange}
              />
              {mayChange && (
                <button
                  type="button"
                  class="quiet"
                  aria-label={`Remove ${item}`}
                  onClick={() => remove(item)}
                >
                  Remove
                </button>
              )}
            </li>
          ))}
        </ul>
        {found.length > shown.length && (
          <p class="hint">{formatCount(found.length - shown.length)} more: find them by name.</p>
        )}
        {mayChange && <AddItem set={set} add={put} />}
      </section>
    </>
  );
};

const AddItem = ({
  set,
  add,
}: {
  set: ThresholdSet;
  add: (item: string, threshold: number | null) => void;
}) => {
  const [name, setName] = useState("");
  const item = name.trim().normalize("NFC");
  const isThere = thresholdOf(set, item) !== undefined;
  const addIt = (): void => {
    if (item === "" || isThere) return;
    add(item, set.default);
    setName("");
  };
  return (
    <div class="threshold-add">
      <label class="grow">
        Item, as its name stands in the files
        <input
          value={name}
          maxLength={256}
          onInput={(event) => setName(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter") return;
            event.preventDefault();
            addIt();
          }}
        />
      </label>
      <button type="button" onClick={addIt} disabled={item === "" || isThere}>
        {isThere ? "It has one" : "Add"}
      </button>
    </div>
  );
};
