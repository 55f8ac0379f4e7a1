import type { StockItemView } from "@stockwire/contracts/views";
import { useEffect, useRef } from "preact/hooks";
import { formatCount } from "../format.ts";
import { linkTo } from "../router.ts";
import { LevelBadge } from "../ui/level.tsx";
import { Ago } from "../ui/time.tsx";
import { useWindowRows } from "../ui/use-window-rows.ts";
import type { Column } from "./arrange-items.ts";

/** Pixels, as in stock.css. */
const ROW_HEIGHT = 52;
/** How long a changed row is lit, in milliseconds. */
const LIT_MS = 1_600;

const COLUMNS: readonly { readonly column: Column; readonly name: string }[] = [
  { column: "item", name: "Item" },
  { column: "count", name: "Count" },
  { column: "level", name: "Level" },
  { column: "updated", name: "Changed" },
];

interface ItemTableProps {
  readonly items: readonly StockItemView[];
  readonly changedAt: ReadonlyMap<string, number>;
  readonly store: string;
  readonly column: Column;
  readonly descending: boolean;
  readonly sortBy: (column: Column) => void;
}

/** A table of any length, of which only the rows in the window are elements. */
export const ItemTable = ({ items, changedAt, store, column, descending, sortBy }: ItemTableProps) => {
  const list = useRef<HTMLDivElement>(null);
  const { rows, height, top } = useWindowRows(items.length, ROW_HEIGHT, list);
  return (
    <div class="items" role="table" aria-label={`Items of ${store}`} aria-rowcount={items.length + 1}>
      <div class="items-head" role="rowgroup">
        <div class="item-row" role="row" aria-rowindex={1}>
          {COLUMNS.map(({ column: name, name: title }) => (
            <div
              key={name}
              role="columnheader"
              class={`cell-${name}`}
              aria-sort={column === name ? (descending ? "descending" : "ascending") : "none"}
            >
              <button type="button" class="sort" onClick={() => sortBy(name)}>
                <span class="column-name">{title}</span>
                <span aria-hidden="true">{column === name ? (descending ? " ↓" : " ↑") : ""}</span>
              </button>
            </div>
          ))}
        </div>
      </div>
      <div class="items-body" role="rowgroup" ref={list} style={{ height: `${height}px` }}>
        {rows.map(({ index, start }) => {
          const item = items[index];
          return (
            item && (
              <ItemRow
                key={item.item}
                item={item}
                store={store}
                index={index}
                offset={start - top}
                changedAt={changedAt.get(item.item)}
              />
            )
          );
        })}
      </div>
    </div>
  );
};

interface ItemRowProps {
  readonly item: StockItemView;
  readonly store: string;
  readonly index: number;
  /** Pixels from the top of the list. */
  readonly offset: number;
  readonly changedAt: number | undefined;
}

/** One element for an item as long as it is in the window: a change must not take the focus away. */
const ItemRow = ({ item, store, index, offset, changedAt }: ItemRowProps) => {
  const row = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (changedAt !== undefined && performance.now() - changedAt < LIT_MS) light(row.current);
  }, [changedAt]);
  return (
    <div
      ref={row}
      role="row"
      aria-rowindex={index + 2}
      class="item-row"
      style={{ transform: `translateY(${offset}px)` }}
    >
      <div role="cell" class="cell-item">
        <a href={linkTo(["stores", store], { item: item.item })} title={item.item}>
          {item.item}
        </a>
      </div>
      <div role="cell" class="cell-count">
        {formatCount(item.count)}
      </div>
      <div role="cell" class="cell-level">
        <LevelBadge level={item.level} />
      </div>
      <div role="cell" class="cell-updated muted">
        <Ago at={item.updatedAt} />
      </div>
    </div>
  );
};

/** Each change anew, which a class that stays would not do. */
const light = (row: HTMLElement | null): void => {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  row?.animate([{ backgroundColor: "var(--lit)" }, {}], { duration: LIT_MS, easing: "ease-out" });
};
