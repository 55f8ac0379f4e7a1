import type { IncomingHttpHeaders } from "node:http";

/** One range only: S3 serves no more at once, and HTTP lets a server ignore what it does not serve. */
const SINGLE_RANGE = /^bytes=(?:\d+-\d*|-\d+)$/;

const tagsIn = (header: string): string[] =>
  header.split(",").map((tag) => tag.trim().replace(/^W\//, "").replaceAll('"', ""));

/** True when the caller already has the file with this ETag (without quotes). */
export const alreadyHas = (headers: IncomingHttpHeaders, etag: string | undefined): boolean => {
  const known = headers["if-none-match"];
  return known !== undefined && etag !== undefined && (known === "*" || tagsIn(known).includes(etag));
};

/** The range to serve; undefined for the whole file. `If-Range` with another ETag, or with a date, means the whole. */
export const rangeToServe = (headers: IncomingHttpHeaders, etag: string | undefined): string | undefined => {
  const { range } = headers;
  const condition = headers["if-range"];
  if (range === undefined || !SINGLE_RANGE.test(range)) return undefined;
  if (condition !== undefined && condition !== `"${etag}"`) return undefined;
  return range;
};
