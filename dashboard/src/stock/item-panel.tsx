import type { StockItemView } from "@stockwire/contracts/views";
import { formatCount, formatMoment } from "../format.ts";
import { linkTo } from "../router.ts";
import { ItemThreshold } from "../thresholds/item-threshold.tsx";
import { ItemTrend } from "../trend/item-trend.tsx";
import { LevelBadge } from "../ui/level.tsx";
import { SidePanel } from "../ui/side-panel.tsx";

interface ItemPanelProps {
  readonly store: string;
  readonly name: string;
  /** Undefined while it is not known, or where the store has no such item. */
  readonly item: StockItemView | undefined;
  readonly close: () => void;
}

/** What is known of one item. */
export const ItemPanel = ({ store, name, item, close }: ItemPanelProps) => (
  <SidePanel title={name} close={close}>
    <p class="muted">{store}</p>
    {item ? (
      <>
        <p class="item-count">
          {formatCount(item.count)} <LevelBadge level={item.level} />
        </p>
        <dl class="facts">
          <dt>Changed</dt>
          <dd>{formatMoment(item.updatedAt)}</dd>
          <dt>By</dt>
          <dd>
            <a href={linkTo(["uploads", item.uploadId])}>line {formatCount(item.line)} of this file</a>
          </dd>
        </dl>
      </>
    ) : (
      <p>This store has no such item now.</p>
    )}
    <ItemTrend store={store} item={name} present={item} />
    {item && <ItemThreshold store={store} item={name} />}
  </SidePanel>
);
