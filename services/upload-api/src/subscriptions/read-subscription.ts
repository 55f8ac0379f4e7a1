import { faultOfName, MAX_STORE_CHARACTERS, normalizeName } from "@stockwire/contracts/names";
import { type Static, Type } from "typebox";
import type { Principal } from "../access/principal.ts";
import { requireStore } from "../access/stores.ts";
import { invalidRequest } from "../errors/api-error.ts";
import { faultOfEndpoint, type Protocol } from "./check-endpoint.ts";
import { combinationsOf, type Filter, MAX_COMBINATIONS } from "./filter-policy.ts";
import { KindName, ProtocolName } from "./subscription-schema.ts";

const ALL_KINDS = 3;

/** What a caller asks for. */
export const SubscriptionBody = Type.Object(
  {
    protocol: ProtocolName,
    endpoint: Type.String({
      minLength: 1,
      maxLength: 2_000,
      description: "an e-mail address, a phone number like +4915112345678, or an https URL",
    }),
    stores: Type.Optional(
      Type.Union(
        [
          Type.Array(Type.String(), { minItems: 1, maxItems: MAX_COMBINATIONS, uniqueItems: true }),
          Type.Null(),
        ],
        {
          description: "only alerts of these stores; null, or left out: of every store that the caller sees",
        },
      ),
    ),
    kinds: Type.Optional(
      Type.Union(
        [Type.Array(KindName, { minItems: 1, maxItems: ALL_KINDS, uniqueItems: true }), Type.Null()],
        {
          description: "only alerts of these kinds; null, or left out: of every kind",
        },
      ),
    ),
  },
  { additionalProperties: false },
);

/**
 * @throws invalid_request for an endpoint or a store name that cannot be, and for more than SNS can filter by
 * @throws store_not_found for a store that is not the caller's
 */
export const readSubscription = (
  principal: Principal,
  body: Static<typeof SubscriptionBody>,
): { readonly protocol: Protocol; readonly endpoint: string; readonly filter: Filter } => {
  const { protocol, endpoint } = body;
  const fault = faultOfEndpoint(protocol, endpoint);
  if (fault !== undefined) throw invalidRequest(`The endpoint ${JSON.stringify(endpoint)} ${fault}.`);
  const filter: Filter = {
    stores: body.stores ? storesOf(principal, body.stores) : ownStores(principal),
    kinds: body.kinds && body.kinds.length < ALL_KINDS ? body.kinds : undefined,
  };
  if (combinationsOf(filter) > MAX_COMBINATIONS) {
    throw invalidRequest(
      `Stores times kinds may be ${MAX_COMBINATIONS} at most; leave kinds out, or take several endpoints.`,
    );
  }
  return { protocol, endpoint, filter };
};

const storesOf = (principal: Principal, names: readonly string[]): string[] => {
  const stores = new Set(names.map(normalizeName));
  for (const store of stores) {
    if (faultOfName(store, MAX_STORE_CHARACTERS) !== undefined) {
      throw invalidRequest(`No store can be called ${JSON.stringify(store)}.`);
    }
    requireStore(principal, store);
  }
  return [...stores];
};

const ownStores = ({ stores }: Principal): readonly string[] | undefined =>
  stores === "all" ? undefined : stores;
