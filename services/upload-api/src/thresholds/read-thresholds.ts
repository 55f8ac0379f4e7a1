import { MAX_INLINE_BYTES, type ThresholdsItem } from "@stockwire/contracts/items";
import { faultOfName, MAX_ITEM_CHARACTERS, normalizeName } from "@stockwire/contracts/names";
import { type Static, Type } from "typebox";
import { bodyTooLarge, invalidRequest } from "../errors/api-error.ts";

const MAX_ITEMS = 5_000;

const Threshold = Type.Union([Type.Integer({ minimum: 0, maximum: 999_999_999 }), Type.Null()]);

const members = {
  default: Threshold,
  items: Type.Record(Type.String(), Threshold, { maxProperties: MAX_ITEMS }),
};

/** What a caller sets; it replaces what was set before, whole. */
export const ThresholdsBody = Type.Object(
  {
    default: Type.Optional(
      Type.Union(Threshold.anyOf, {
        description: "for every item without one of its own; null, or left out: those are never low",
      }),
    ),
    items: Type.Optional(
      Type.Record(Type.String(), Threshold, {
        maxProperties: MAX_ITEMS,
        description: "by item name; null: never low, whatever the default",
      }),
    ),
  },
  { additionalProperties: false },
);

/** What stands. */
export const Thresholds = Type.Object({
  store: Type.String(),
  ...members,
  updatedAt: Type.Union([Type.String({ format: "date-time" }), Type.Null()]),
});

const FAULTS = {
  empty: "is empty",
  value_too_long: `has more than ${MAX_ITEM_CHARACTERS} characters`,
  control_character: "has a control character, a line break or a mark that turns the reading direction",
} as const;

/**
 * @throws invalid_request for a name that no row could have, or one that is there twice once it is in its normal form
 * @throws body_too_large for more than one item of the table can hold
 */
export const readThresholds = (
  body: Static<typeof ThresholdsBody>,
): Pick<ThresholdsItem, "Items"> & { Default: number | undefined } => {
  const items = new Map<string, number | null>();
  for (const [given, threshold] of Object.entries(body.items ?? {})) {
    const item = normalizeName(given);
    const fault = faultOfName(item, MAX_ITEM_CHARACTERS);
    if (fault !== undefined) throw invalidRequest(`The item name ${JSON.stringify(given)} ${FAULTS[fault]}.`);
    if (items.has(item)) throw invalidRequest(`The item ${JSON.stringify(item)} has two thresholds.`);
    items.set(item, threshold);
  }
  const Items = Object.fromEntries(items);
  if (Buffer.byteLength(JSON.stringify(Items)) > MAX_INLINE_BYTES) {
    throw bodyTooLarge(`The thresholds of a store may take ${MAX_INLINE_BYTES} bytes together.`);
  }
  return { Default: body.default ?? undefined, Items };
};

export const toThresholds = (store: string, item: ThresholdsItem | undefined): Static<typeof Thresholds> => ({
  store,
  default: item?.Default ?? null,
  items: { ...item?.Items },
  updatedAt: item?.UpdatedAt ?? null,
});

/** Names the revision, so that two people who edit at the same time notice. */
export const etagOf = (item: ThresholdsItem | undefined): string => `"${item?.Revision ?? 0}"`;

/**
 * The revision that a change is meant for; undefined: whichever stands.
 * @throws invalid_request for an ETag that no answer had
 */
export const expectedRevision = (ifMatch: string | undefined): number | undefined => {
  if (ifMatch === undefined || ifMatch.trim() === "*") return undefined;
  const revision = /^"(\d{1,15})"$/.exec(ifMatch.trim())?.[1];
  if (revision === undefined) throw invalidRequest("The header if-match is not the ETag of an answer.");
  return Number(revision);
};
