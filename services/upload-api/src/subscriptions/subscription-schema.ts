import { type Static, Type } from "typebox";
import type { Principal } from "../access/principal.ts";
import { maySeeStores } from "../access/stores.ts";
import type { Subscription as Standing } from "./topic-subscriptions.ts";

export const ProtocolName = Type.Union([Type.Literal("email"), Type.Literal("sms"), Type.Literal("https")]);

export const KindName = Type.Union([Type.Literal("out"), Type.Literal("back"), Type.Literal("low")]);

/** A subscription, as the routes answer with it. */
export const Subscription = Type.Object({
  subscriptionId: Type.Union([Type.String(), Type.Null()], {
    description: "null while SNS does not tell it: in a list, as long as the status is pending",
  }),
  protocol: ProtocolName,
  endpoint: Type.String(),
  stores: Type.Optional(
    Type.Union([Type.Array(Type.String()), Type.Null()], {
      description: "null: every store; left out while SNS does not tell",
    }),
  ),
  kinds: Type.Optional(
    Type.Union([Type.Array(KindName), Type.Null()], {
      description: "null: every kind of alert; left out while SNS does not tell",
    }),
  ),
  status: Type.Union([Type.Literal("pending"), Type.Literal("confirmed")], {
    description: "pending until its owner confirms it; nothing is sent there before",
  }),
});

export const toSubscription = ({
  id,
  protocol,
  endpoint,
  filter,
  confirmed,
}: Standing): Static<typeof Subscription> => ({
  subscriptionId: id ?? null,
  protocol,
  endpoint,
  ...(filter && {
    stores: filter.stores ? [...filter.stores] : null,
    kinds: filter.kinds ? [...filter.kinds] : null,
  }),
  status: confirmed ? "confirmed" : "pending",
});

/** Whether a caller may see and change a subscription: one that hears of no store but the caller's. */
export const maySee = (principal: Principal, { filter }: Standing): boolean =>
  maySeeStores(principal, filter?.stores);
