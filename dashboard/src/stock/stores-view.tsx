import type { StoreView as Store } from "@stockwire/contracts/views";
import { useMemo, useState } from "preact/hooks";
import { formatCount } from "../format.ts";
import { linkTo } from "../router.ts";
import { maySend } from "../session/caller.ts";
import { usePage } from "../shell/context.ts";
import { Failure, Notice, Skeleton } from "../ui/notice.tsx";
import { Ago } from "../ui/time.tsx";
import { useChanged } from "../ui/use-changed.ts";
import { StoreMenu } from "./store-menu.tsx";
import "./stock.css";

type Order = "name" | "out" | "low" | "recent";

const ORDERS: Readonly<
  Record<Order, { readonly name: string; readonly compare?: (a: Store, b: Store) => number }>
> = {
  name: { name: "Name" },
  out: { name: "Most out of stock", compare: (a, b) => b.outOfStock - a.outOfStock },
  low: { name: "Most low", compare: (a, b) => b.low - a.low },
  recent: { name: "Last load", compare: (a, b) => b.lastLoadAt.localeCompare(a.lastLoadAt) },
};

/** All stores at a glance. */
export const StoresView = () => {
  const { stores, caller } = usePage();
  const list = stores.list.value;
  return (
    <>
      <div class="view-head">
        <h1>Stock</h1>
        <StoreMenu />
      </div>
      {list.state === "loading" && <StoresLoading />}
      {list.state === "failed" && <Failure error={list.error} retry={stores.reload} />}
      {list.state === "ready" && list.value.length === 0 && (
        <Notice title="No stock yet">
          <p>Stores appear here with the first file that names them.</p>
          {maySend(caller) && (
            <a class="button primary" href={linkTo(["send"])}>
              Send a file
            </a>
          )}
        </Notice>
      )}
      {list.state === "ready" && list.value.length > 0 && <AllStores stores={list.value} />}
    </>
  );
};

const StoresLoading = () => (
  <>
    <div class="totals" aria-hidden="true">
      {["Stores", "Items", "Out of stock", "Low"].map((name) => (
        <div class="total" key={name}>
          <span class="total-name">{name}</span>
          <span class="total-count">–</span>
        </div>
      ))}
    </div>
    <Skeleton lines={6} label="Loading stores" />
  </>
);

const AllStores = ({ stores }: { stores: readonly Store[] }) => {
  const [order, setOrder] = useState<Order>("name");
  const [search, setSearch] = useState("");
  const shown = useMemo(() => {
    const wanted = search.trim().toLocaleLowerCase();
    const found = stores.filter(({ store }) => store.toLocaleLowerCase().includes(wanted));
    const { compare } = ORDERS[order];
    return compare ? found.sort(compare) : found;
  }, [stores, order, search]);
  const sum = (of: (store: Store) => number) => stores.reduce((total, store) => total + of(store), 0);
  return (
    <>
      <dl class="totals">
        <Total name="Stores" count={stores.length} />
        <Total name="Items" count={sum(({ items }) => items)} />
        <Total name="Out of stock" count={sum(({ outOfStock }) => outOfStock)} level="out" />
        <Total name="Low" count={sum(({ low }) => low)} level="low" />
      </dl>
      <search class="tools">
        <label class="grow">
          Find a store
          <input type="search" value={search} onInput={(event) => setSearch(event.currentTarget.value)} />
        </label>
        <label>
          Order
          <select value={order} onChange={(event) => setOrder(event.currentTarget.value as Order)}>
            {Object.entries(ORDERS).map(([value, { name }]) => (
              <option key={value} value={value}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </search>
      {shown.length === 0 && <Notice title="No store has such a name" />}
      <ul class="stores">
        {shown.map((store) => (
          <StoreCard key={store.store} store={store} />
        ))}
      </ul>
    </>
  );
};

const Total = ({ name, count, level }: { name: string; count: number; level?: "out" | "low" }) => (
  <div class={`total ${level && count > 0 ? `total-${level}` : ""}`}>
    <dt class="total-name">{name}</dt>
    <dd class="total-count">{formatCount(count)}</dd>
  </div>
);

const StoreCard = ({ store }: { store: Store }) => {
  const { outOfStock, low, items } = store;
  const changed = useChanged(`${outOfStock}/${low}/${items}/${store.lastUploadId}`);
  return (
    <li>
      <a class={`store-card ${changed ? "changed" : ""}`} href={linkTo(["stores", store.store])}>
        <strong class="store-name">{store.store}</strong>
        <span class="store-bar" aria-hidden="true">
          <Bar share={items === 0 ? 0 : outOfStock / items} level="out" />
          <Bar share={items === 0 ? 0 : low / items} level="low" />
        </span>
        <span class="store-facts">
          <span class={outOfStock > 0 ? "fact-out" : ""}>{formatCount(outOfStock)} out</span>
          <span class={low > 0 ? "fact-low" : ""}>{formatCount(low)} low</span>
          <span>{formatCount(items)} items</span>
        </span>
        <span class="store-when">
          Last load <Ago at={store.lastLoadAt} />
        </span>
      </a>
    </li>
  );
};

/** Set through the style object, which the content security policy lets scripts do. */
const Bar = ({ share, level }: { share: number; level: "out" | "low" }) => (
  <span class={`bar-${level}`} style={{ width: `${share === 0 ? 0 : Math.max(share * 100, 1)}%` }} />
);
