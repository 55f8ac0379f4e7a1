import { useState } from "preact/hooks";
import { formatCount } from "../format.ts";
import { usePage } from "../shell/context.ts";

/** Boxes shown at once: with more, the reader is asked to look for a name. */
const MAX_SHOWN = 60;

interface ChooseStoresProps {
  /** Null: all. */
  readonly chosen: readonly string[] | null;
  readonly choose: (stores: readonly string[] | null) => void;
}

/** All stores, or some of them. */
export const ChooseStores = ({ chosen, choose }: ChooseStoresProps) => {
  const { stores, caller } = usePage();
  const [search, setSearch] = useState("");
  const list = stores.list.value;
  const names = list.state === "ready" ? list.value.map(({ store }) => store) : [];
  const wanted = search.trim().toLocaleLowerCase();
  const found = names.filter((name) => name.toLocaleLowerCase().includes(wanted));
  const shown = found.slice(0, MAX_SHOWN);
  return (
    <fieldset class="checks">
      <legend>Of which stores</legend>
      <label class="check">
        <input type="radio" name="which-stores" checked={chosen === null} onChange={() => choose(null)} />
        {caller.stores === null ? "All stores, also those to come" : "All of your stores"}
      </label>
      <label class="check">
        <input
          type="radio"
          name="which-stores"
          checked={chosen !== null}
          onChange={() => choose(chosen ?? [])}
        />
        Only some{chosen !== null && chosen.length > 0 ? ` (${formatCount(chosen.length)} chosen)` : ""}
      </label>
      {chosen !== null && (
        <>
          {names.length > 8 && (
            <label>
              Find a store
              <input type="search" value={search} onInput={(event) => setSearch(event.currentTarget.value)} />
            </label>
          )}
          <ul class="store-checks">
            {shown.map((name) => (
              <li key={name}>
                <label class="check">
                  <input
                    type="checkbox"
                    checked={chosen.includes(name)}
                    onChange={(event) =>
                      choose(
                        event.currentTarget.checked
                          ? [...chosen, name]
                          : chosen.filter((one) => one !== name),
                      )
                    }
                  />
                  {name}
                </label>
              </li>
            ))}
          </ul>
          {found.length > shown.length && (
            <p class="hint">{formatCount(found.length - shown.length)} more: find them by name.</p>
          )}
        </>
      )}
    </fieldset>
  );
};
