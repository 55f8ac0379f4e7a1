import type { Level } from "@stockwire/contracts/level";
import { lazy, Suspense } from "preact/compat";
import { useEffect, useMemo, useState } from "preact/hooks";
import { ApiProblem } from "../api/problem.ts";
import { formatCount } from "../format.ts";
import { goTo, linkTo, route } from "../router.ts";
import { maySend } from "../session/caller.ts";
import { usePage } from "../shell/context.ts";
import { StoreTrend } from "../trend/store-trend.tsx";
import { Failure, Notice, Skeleton } from "../ui/notice.tsx";
import { Ago } from "../ui/time.tsx";
import { type Arrangement, arrangeItems, type Column } from "./arrange-items.ts";
import { createInventory, type Inventory } from "./inventory.ts";
import { ItemPanel } from "./item-panel.tsx";
import { ItemTable } from "./item-table.tsx";
import { StoreMenu } from "./store-menu.tsx";

const ThresholdsView = lazy(() => import("../thresholds/thresholds-view.tsx"));

/** One store's stock, or what counts as low there. */
const StoreRoute = () => {
  const [, store = "", part] = route.value.parts;
  if (part !== "thresholds") return <StoreView key={store} store={store} />;
  return (
    <Suspense fallback={<Skeleton lines={8} />}>
      <ThresholdsView key={store} store={store} />
    </Suspense>
  );
};
export default StoreRoute;

const StoreView = ({ store }: { store: string }) => {
  const { api, live, stores, caller } = usePage();
  const inventory = useMemo(() => createInventory(api, live, store), [api, live, store]);
  useEffect(() => () => inventory.close(), [inventory]);
  const list = stores.list.value;
  const summary = list.state === "ready" ? list.value.find((one) => one.store === store) : undefined;
  const progress = inventory.progress.value;
  const isUnknown =
    progress.state === "failed" && progress.error instanceof ApiProblem && progress.error.status === 404;
  const item = route.value.query.get("item");
  // What is shown of the items follows it.
  inventory.revision.value;
  return (
    <>
      <div class="view-head">
        <h1>{store}</h1>
        <StoreMenu current={store} />
      </div>
      <div class="store-line">
        <p class="muted">
          {summary ? (
            <>
              Last load <Ago at={summary.lastLoadAt} /> ·{" "}
              <a href={linkTo(["uploads", summary.lastUploadId])}>receipt</a>
            </>
          ) : (
            "\u00a0"
          )}
        </p>
        {!isUnknown && (
          <div class="store-links">
            <a class="button" href={linkTo(["stores", store, "thresholds"])}>
              Thresholds
            </a>
            {maySend(caller) && (
              <a class="button" href={linkTo(["send"], { store })}>
                Send a file
              </a>
            )}
          </div>
        )}
      </div>
      {isUnknown ? (
        <Notice title="There is no such store, or your key may not see it">
          <p>
            <a href={linkTo([])}>All stores</a>
          </p>
        </Notice>
      ) : (
        <>
          <StoreTrend store={store} inventory={inventory} />
          <Items inventory={inventory} store={store} expected={summary?.items} />
        </>
      )}
      {item !== null && (
        <ItemPanel
          store={store}
          name={item}
          item={inventory.items.get(item)}
          close={() => goTo(linkTo(["stores", store]))}
        />
      )}
    </>
  );
};

const LEVELS: readonly { readonly level: Level | undefined; readonly name: string }[] = [
  { level: undefined, name: "All" },
  { level: "out", name: "Out" },
  { level: "low", name: "Low" },
  { level: "ok", name: "In stock" },
];

const Items = ({
  inventory,
  store,
  expected,
}: {
  inventory: Inventory;
  store: string;
  expected: number | undefined;
}) => {
  const [arrangement, setArrangement] = useState<Arrangement>(() => ({
    search: "",
    level: levelIn(route.value.query),
    column: "item",
    descending: false,
  }));
  const revision = inventory.revision.value;
  // The revision stands for the items, which change in place.
  const all = useMemo(() => inventory.byName(), [inventory, revision]);
  const shown = useMemo(() => arrangeItems(all, arrangement), [all, arrangement]);
  const counts = useMemo(() => countLevels(all), [all]);
  const progress = inventory.progress.value;
  const change = (part: Partial<Arrangement>) => setArrangement((before) => ({ ...before, ...part }));
  const sortBy = (column: Column) =>
    change({
      column,
      descending: arrangement.column === column ? !arrangement.descending : column === "updated",
    });
  return (
    <section aria-label="Items">
      <search class="tools">
        <label class="grow">
          Find an item
          <input
            type="search"
            value={arrangement.search}
            onInput={(event) => change({ search: event.currentTarget.value })}
          />
        </label>
        <fieldset class="segments">
          <legend class="visually-hidden">Level</legend>
          {LEVELS.map(({ level, name }) => (
            <label key={name}>
              <input
                type="radio"
                name="level"
                checked={arrangement.level === level}
                onChange={() => change({ level })}
              />
              <span>
                {name}{" "}
                <span class="segment-count">
                  {formatCount(level === undefined ? all.length : counts[level])}
                </span>
              </span>
            </label>
          ))}
        </fieldset>
      </search>
      <p class="list-line muted" role="status">
        {describe(progress.state, all.length, shown.length, expected)}
      </p>
      {progress.state === "failed" && <Failure error={progress.error} retry={inventory.reload} />}
      {progress.state === "loading" && all.length === 0 && <Skeleton lines={10} label="Loading items" />}
      {progress.state === "complete" && all.length === 0 && <Notice title="This store has no items" />}
      {all.length > 0 && shown.length === 0 && <Notice title="No item matches" />}
      {shown.length > 0 && (
        <ItemTable
          items={shown}
          changedAt={inventory.changedAt}
          store={store}
          column={arrangement.column}
          descending={arrangement.descending}
          sortBy={sortBy}
        />
      )}
    </section>
  );
};

const levelIn = (query: URLSearchParams): Level | undefined => {
  const asked = query.get("level");
  return asked === "out" || asked === "low" || asked === "ok" ? asked : undefined;
};

const countLevels = (items: readonly { readonly level: Level }[]): Record<Level, number> => {
  const counts: Record<Level, number> = { ok: 0, low: 0, out: 0 };
  for (const { level } of items) counts[level] += 1;
  return counts;
};

const describe = (state: string, all: number, shown: number, expected: number | undefined): string => {
  if (state === "loading" && expected !== undefined && expected > all) {
    return `${formatCount(all)} of ${formatCount(expected)} items are here…`;
  }
  if (all === 0) return "\u00a0";
  return shown === all ? `${formatCount(all)} items` : `${formatCount(shown)} of ${formatCount(all)} items`;
};
