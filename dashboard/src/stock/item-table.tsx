import type { StockItemView } from "@stockwire/contracts/views";
import { useRef } from "preact/hooks";
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
  const at = performance.now();
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
          if (!item) return null;
          const changed = changedAt.get(item.item) ?? Number.NEGATIVE_INFINITY;
          return (
            <div
              // A new change lights the row anew.
              key={`${item.item}\u001f${changed}`}
              role="row"
              aria-rowindex={index + 2}
              class={`item-row ${at - changed < LIT_MS ? "changed" : ""}`}
              style={{ transform: `translateY(${start - top}px)` }}
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
        })}
      </div>
    </div>
  );
};
