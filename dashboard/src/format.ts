/** Numbers and times in the reader's own language and zone. */

const counts = new Intl.NumberFormat();
const bytes = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 3 });
const percents = new Intl.NumberFormat(undefined, { style: "percent", maximumFractionDigits: 0 });
const moments = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const days = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeZone: "UTC" });
const times = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const weekdays = new Intl.DateTimeFormat(undefined, {
  weekday: "long",
  day: "numeric",
  month: "long",
  year: "numeric",
});
const nearDays = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto", style: "short" });
/** Names as people sort them: `item 10` after `item 9`. */
export const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "variant" });

export const formatCount = (count: number): string => counts.format(count);
/** @param share from 0 to 1 */
export const formatShare = (share: number): string => percents.format(share);
export const formatMoment = (iso: string): string => moments.format(new Date(iso));
/** The time of day alone. */
export const formatTime = (iso: string): string => times.format(new Date(iso));
/** @param date ISO, without a time: shown as that day wherever the reader is */
export const formatDay = (date: string): string => days.format(new Date(`${date}T00:00:00Z`));

/** The reader's own day of a moment, in milliseconds: today, yesterday, or its date. */
export const formatDayOfMoment = (moment: number, now = Date.now()): string => {
  const [day, today] = [new Date(moment).setHours(0, 0, 0, 0), new Date(now).setHours(0, 0, 0, 0)];
  const ago = Math.round((today - day) / 86_400_000);
  if (ago !== 0 && ago !== 1) return weekdays.format(day);
  const word = nearDays.format(-ago, "day");
  return word.charAt(0).toLocaleUpperCase() + word.slice(1);
};

const UNITS = ["B", "kB", "MB", "GB", "TB"] as const;

export const formatBytes = (size: number): string => {
  const power = size < 1 ? 0 : Math.min(Math.floor(Math.log10(size) / 3), UNITS.length - 1);
  return `${bytes.format(size / 1000 ** power)} ${UNITS[power]}`;
};

const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** `3 min. ago`; seconds are not counted out, as nobody reads them. */
export const formatAgo = (iso: string, now = Date.now()): string => {
  const seconds = (Date.parse(iso) - now) / 1000;
  for (const [unit, length] of STEPS) {
    if (Math.abs(seconds) >= length) return relative.format(Math.trunc(seconds / length), unit);
  }
  return relative.format(0, "second");
};

/** `2 h 5 min`, from milliseconds. */
export const formatDuration = (milliseconds: number): string => {
  const minutes = Math.max(0, Math.floor(milliseconds / 60_000));
  const [inDays, hours] = [Math.floor(minutes / 1_440), Math.floor(minutes / 60) % 24];
  const unit = (count: number, name: string) =>
    new Intl.NumberFormat(undefined, { style: "unit", unit: name, unitDisplay: "short" }).format(count);
  if (inDays > 0) return [unit(inDays, "day"), hours > 0 ? unit(hours, "hour") : ""].join(" ").trim();
  if (hours > 0)
    return [unit(hours, "hour"), minutes % 60 > 0 ? unit(minutes % 60, "minute") : ""].join(" ").trim();
  return minutes === 0 ? `< ${unit(1, "minute")}` : unit(minutes, "minute");
};
