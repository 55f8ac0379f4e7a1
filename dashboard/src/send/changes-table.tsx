import type { Change } from "@stockwire/contracts/change";
import type { Receipt } from "@stockwire/contracts/receipt";
import { useState } from "preact/hooks";
import { formatCount } from "../format.ts";
import { linkTo } from "../router.ts";
import { mayRead } from "../session/caller.ts";
import { usePage } from "../shell/context.ts";
import { Failure, Notice, Skeleton } from "../ui/notice.tsx";
import { tallyChanges, useChanges } from "./use-changes.ts";

const TITLES: Partial<Record<Receipt["mode"], string>> = {
  validate: "What a load would change",
  replace: "What was retired",
  undo: "What was undone",
};

const WORDS: Readonly<Record<Change["change"], string>> = {
  added: "Added",
  changed: "Changed",
  unchanged: "Unchanged",
  stale: "Stale",
  retired: "Retired",
  put_back: "Put back",
  removed: "Removed",
  kept: "Kept",
};

/** Before and after, item by item. */
export const ChangesTable = ({ receipt, path }: { receipt: Receipt; path: string }) => {
  // Of a dry run most rows stay as they are; the lists of the others hold only what is of interest.
  const isDryRun = receipt.mode === "validate";
  const [onlyChanged, setOnlyChanged] = useState(isDryRun);
  const { changes, more, loading, error, reload } = useChanges(path, onlyChanged);
  const tally = tallyChanges(changes);
  return (
    <section aria-labelledby="changes-title" class="upload-part">
      <div class="section-head">
        <h2 id="changes-title">{TITLES[receipt.mode] ?? "Changes"}</h2>
        {isDryRun && (
          <fieldset class="segments">
            <legend class="visually-hidden">Which rows</legend>
            <label>
              <input
                type="radio"
                name="changed"
                checked={onlyChanged}
                onChange={() => setOnlyChanged(true)}
              />
              <span>What changes</span>
            </label>
            <label>
              <input
                type="radio"
                name="changed"
                checked={!onlyChanged}
                onChange={() => setOnlyChanged(false)}
              />
              <span>All rows</span>
            </label>
          </fieldset>
        )}
      </div>
      {changes.length > 0 && (
        <p class="muted" role="status">
          {tally.map(([change, count]) => `${formatCount(count)} ${WORDS[change].toLowerCase()}`).join(" · ")}
          {more ? " so far" : ""}
        </p>
      )}
      {error !== undefined && <Failure error={error} retry={reload} />}
      {loading && changes.length === 0 && <Skeleton lines={5} label="Loading changes" />}
      {!loading && error === undefined && changes.length === 0 && (
        <Notice title={onlyChanged ? "Nothing changes" : "There is nothing in the list"} />
      )}
      {changes.length > 0 && <Table changes={changes} />}
      {more && (
        <button type="button" class="more" disabled={loading} onClick={more}>
          {loading ? "Loading…" : "Show more"}
        </button>
      )}
    </section>
  );
};

const Table = ({ changes }: { changes: readonly Change[] }) => {
  const { caller } = usePage();
  return (
    <div class="table-wrap">
      <table class="changes">
        <thead>
          <tr>
            <th scope="col">Item</th>
            <th scope="col">Store</th>
            <th scope="col" class="number">
              Before
            </th>
            <th scope="col" class="number">
              After
            </th>
            <th scope="col">Change</th>
          </tr>
        </thead>
        <tbody>
          {changes.map(({ store, item, line, before, after, change, by }) => (
            <tr key={`${store}\n${item}\n${line}`}>
              <th scope="row">
                {mayRead(caller) ? <a href={linkTo(["stores", store], { item })}>{item}</a> : item}
              </th>
              <td data-label="Store">{store}</td>
              <td class="number" data-label="Before">
                {before === null ? "–" : formatCount(before)}
              </td>
              <td class="number" data-label="After">
                {after === null ? "–" : formatCount(after)}
              </td>
              <td>
                <span class={`change change-${change}`}>{WORDS[change]}</span>
                {by !== undefined && (
                  <>
                    {" "}
                    <a href={linkTo(["uploads", by])}>by a later upload</a>
                  </>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
};
