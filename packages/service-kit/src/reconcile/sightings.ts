import type { ListedObject } from "./list-objects.ts";

/** Upload ids of objects without a receipt, with the epoch milliseconds at which a pass first saw them. */
export type Sighted = Readonly<Record<string, number>>;

/** They are kept in one item between two passes; more than these wait until some of them are accounted for. */
const MOST = 1_000;

/** Objects made of parts have an ETag with the number of parts behind a hyphen. */
export const isMadeOfParts = ({ etag }: ListedObject): boolean => etag.includes("-");

export interface Sightings {
  /**
   * When an object was seen first, in ISO 8601, if that was before `settled` (epoch milliseconds). Undefined: it was noted,
   * and is to be left to a later pass.
   */
  readonly ripe: (uploadId: string, settled: number) => string | undefined;
  /** What the next pass has to know. */
  readonly left: () => Sighted;
}

/**
 * S3 dates an object that was completed by parts to the beginning of its upload, which may lie a day back. So its date
 * neither says that whoever completed it has had time for its receipt, nor when it counts as received: the first sight of
 * it stands in for both.
 * @param isFull every object comes past: what does not is accounted for and is forgotten
 */
export const createSightings = (earlier: Sighted, isFull: boolean, now: number): Sightings => {
  const left = new Map(isFull ? [] : Object.entries(earlier));
  return {
    ripe: (uploadId, settled) => {
      const first = earlier[uploadId] ?? now;
      if (first < settled) {
        left.delete(uploadId);
        return new Date(first).toISOString();
      }
      if (left.size < MOST) left.set(uploadId, first);
      return undefined;
    },
    left: () => Object.fromEntries(left),
  };
};
