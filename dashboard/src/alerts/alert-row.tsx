import type { AlertView } from "@stockwire/contracts/views";
import { formatCount, formatDuration, formatMoment, formatTime } from "../format.ts";
import { linkTo } from "../router.ts";
import { LevelBadge } from "../ui/level.tsx";
import { now } from "../ui/time.tsx";
import type { Ending } from "./pair-outages.ts";

interface AlertRowProps {
  readonly alert: AlertView;
  /** Of an `out` alert. */
  readonly ending: Ending | undefined;
  readonly isStillOut: boolean;
  /** Told while the page was open. */
  readonly isFresh: boolean;
  readonly showStore: boolean;
}

/** One transition: what, where, from how many to how many, and for how long. */
export const AlertRow = ({ alert, ending, isStillOut, isFresh, showStore }: AlertRowProps) => {
  const { store, item, at } = alert;
  return (
    <li class={`alert ${isFresh ? "alert-fresh" : ""}`}>
      <time class="alert-time muted" dateTime={at} title={formatMoment(at)}>
        {formatTime(at)}
      </time>
      <KindBadge kind={alert.kind} />
      <span class="alert-item">
        <a href={linkTo(["stores", store], { item })}>{item}</a>
        {showStore && (
          <>
            {" "}
            <a class="alert-where muted" href={linkTo(["stores", store])}>
              {store}
            </a>
          </>
        )}
      </span>
      <span class="alert-count">{countsOf(alert)}</span>
      <span class="alert-outage">
        <Outage at={at} ending={ending} isStillOut={isStillOut} />
      </span>
    </li>
  );
};

const KindBadge = ({ kind }: { kind: AlertView["kind"] }) =>
  kind === "back" ? (
    <span class="level level-ok">
      <span aria-hidden="true">↑</span> Back
    </span>
  ) : (
    <LevelBadge level={kind} />
  );

const countsOf = ({ previous, count }: AlertView): string =>
  previous === null ? `${formatCount(count)} (new)` : `${formatCount(previous)} → ${formatCount(count)}`;

/** Nothing where it is not known: the item may have been retired, which nobody is told of. */
const Outage = ({
  at,
  ending,
  isStillOut,
}: Pick<AlertRowProps, "ending" | "isStillOut"> & { at: string }) => {
  const since = Date.parse(at);
  if (ending?.kind === "back") return <>out for {formatDuration(Date.parse(ending.at) - since)}</>;
  if (ending?.kind !== "open" || !isStillOut) return null;
  return <strong class="still-out">still out, {formatDuration(now.value - since)}</strong>;
};
