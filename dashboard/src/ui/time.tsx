import { signal } from "@preact/signals";
import { formatAgo, formatMoment } from "../format.ts";

/** One clock for all that says how long ago something was. */
export const now = signal(Date.now());
setInterval(() => {
  now.value = Date.now();
}, 15_000);

/** `3 min. ago`, and when exactly on hovering. */
export const Ago = ({ at }: { at: string }) => (
  <time dateTime={at} title={formatMoment(at)}>
    {formatAgo(at, Math.max(now.value, Date.parse(at)))}
  </time>
);
