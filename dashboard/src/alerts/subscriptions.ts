import type { AlertView } from "@stockwire/contracts/views";
import type { Api } from "../api/client.ts";
import { walkPages } from "../api/walk-pages.ts";

export type Protocol = "email" | "sms" | "https";

/** Who is told of alerts; see `GET /v1/subscriptions`. */
export interface Subscription {
  /** Null while it is not confirmed. */
  readonly subscriptionId: string | null;
  readonly protocol: Protocol;
  readonly endpoint: string;
  /** Null: all; left out while it is not known. */
  readonly stores?: readonly string[] | null;
  readonly kinds?: readonly AlertView["kind"][] | null;
  readonly status: "pending" | "confirmed";
}

export type NewSubscription = Pick<Subscription, "protocol" | "endpoint" | "stores" | "kinds">;

export const listSubscriptions = async (api: Api, signal: AbortSignal): Promise<readonly Subscription[]> => {
  const found: Subscription[] = [];
  for await (const page of walkPages<Subscription>(api, "/v1/subscriptions", {}, signal)) found.push(...page);
  return found.sort((a, b) => a.endpoint.localeCompare(b.endpoint));
};

export const subscribe = (api: Api, wanted: NewSubscription): Promise<Subscription> =>
  api.send("POST", "/v1/subscriptions", { json: wanted });

export const unsubscribe = (api: Api, subscriptionId: string): Promise<void> =>
  api.send("DELETE", `/v1/subscriptions/${encodeURIComponent(subscriptionId)}`);

/** What has to happen before anything is sent there. */
export const explainPending = (protocol: Subscription["protocol"]): string =>
  `${HOW_TO_CONFIRM[protocol]} Nothing else is sent there before. Not confirmed, it goes by itself within two days.`;

const HOW_TO_CONFIRM: Readonly<Record<Protocol, string>> = {
  email: "A letter with a link was sent to the address; its owner has to open it.",
  sms: "The owner of the number was asked to confirm.",
  https: "A request was sent to the address; its owner has to open the SubscribeURL that stands in it.",
};
