import {
  GetSubscriptionAttributesCommand,
  InvalidParameterException,
  ListSubscriptionsByTopicCommand,
  NotFoundException,
  paginateListSubscriptionsByTopic,
  SetSubscriptionAttributesCommand,
  type SNSClient,
  type Subscription as SnsSubscription,
  SubscribeCommand,
  UnsubscribeCommand,
} from "@aws-sdk/client-sns";
import { createLimiter } from "@stockwire/service-kit/limiter";
import type { Protocol } from "./check-endpoint.ts";
import { EVERYTHING, type Filter, readFilterPolicy, toFilterPolicy } from "./filter-policy.ts";

export interface Subscription {
  /** Undefined while SNS keeps it to itself: in a list, what is not confirmed has none. */
  readonly id: string | undefined;
  readonly protocol: Protocol;
  readonly endpoint: string;
  /** Undefined where SNS does not say, or says something that is not ours. */
  readonly filter: Filter | undefined;
  readonly confirmed: boolean;
}

type Subscribed = Subscription | "exists_otherwise";

export interface TopicSubscriptions {
  /** A page of those of people and their systems; queues and functions are not shown. */
  readonly list: (
    token: string | undefined,
  ) => Promise<{ readonly subscriptions: readonly Subscription[]; readonly next: string | undefined }>;
  /** Undefined where there is none, or it is of another topic, or not of a person. */
  readonly get: (id: string) => Promise<Subscription | undefined>;
  /** Answers `exists_otherwise` where the endpoint is subscribed with another filter. */
  readonly subscribe: (protocol: Protocol, endpoint: string, filter: Filter) => Promise<Subscribed>;
  /** By its endpoint, in whatever state. */
  readonly find: (protocol: Protocol, endpoint: string) => Promise<Subscription | undefined>;
  readonly setFilter: (id: string, filter: Filter) => Promise<void>;
  /** False while SNS does not let it be deleted: it is not confirmed, and goes by itself. */
  readonly unsubscribe: (id: string) => Promise<boolean>;
}

const PARALLEL_READS = 8;
const KNOWN: ReadonlySet<string | undefined> = new Set<Protocol>(["email", "sms", "https"]);

/** The subscriptions of one topic, by the last part of their ARN. */
export const createTopicSubscriptions = (sns: SNSClient, topicArn: string): TopicSubscriptions => {
  const arnOf = (id: string): string => `${topicArn}:${id}`;
  /** SNS writes `PendingConfirmation` where the ARN would stand. */
  const idOf = (arn: string | undefined): string | undefined =>
    arn?.startsWith(`${topicArn}:`) ? arn.slice(topicArn.length + 1) : undefined;

  const get = async (id: string): Promise<Subscription | undefined> => {
    try {
      const { Attributes = {} } = await sns.send(
        new GetSubscriptionAttributesCommand({ SubscriptionArn: arnOf(id) }),
      );
      const { Protocol: protocol, Endpoint: endpoint = "", FilterPolicy, PendingConfirmation } = Attributes;
      if (!KNOWN.has(protocol)) return undefined;
      const filter = readFilterPolicy(FilterPolicy);
      return {
        id,
        protocol: protocol as Protocol,
        endpoint,
        filter,
        confirmed: PendingConfirmation !== "true",
      };
    } catch (error) {
      if (error instanceof NotFoundException) return undefined;
      throw error;
    }
  };
  const complete = async ({ SubscriptionArn, Protocol, Endpoint }: SnsSubscription) => {
    const id = idOf(SubscriptionArn);
    if (id !== undefined) return get(id);
    const known = { protocol: Protocol as Protocol, endpoint: Endpoint ?? "" };
    return { id, ...known, filter: undefined, confirmed: false };
  };

  return {
    get,
    list: async (token) => {
      const { Subscriptions = [], NextToken } = await sns.send(
        new ListSubscriptionsByTopicCommand({ TopicArn: topicArn, NextToken: token }),
      );
      const limit = createLimiter(PARALLEL_READS);
      const ofPeople = Subscriptions.filter(isStanding);
      const found = await Promise.all(ofPeople.map((listed) => limit(() => complete(listed))));
      return { subscriptions: found.filter((one) => one !== undefined), next: NextToken };
    },
    subscribe: async (protocol, endpoint, filter) => {
      const policy = toFilterPolicy(filter);
      try {
        const { SubscriptionArn } = await sns.send(
          new SubscribeCommand({
            TopicArn: topicArn,
            Protocol: protocol,
            Endpoint: endpoint,
            ReturnSubscriptionArn: true,
            ...(policy !== EVERYTHING && {
              Attributes: { FilterPolicy: policy, FilterPolicyScope: "MessageAttributes" },
            }),
          }),
        );
        const id = idOf(SubscriptionArn);
        const made = id === undefined ? undefined : await get(id);
        if (made === undefined) return { id, protocol, endpoint, filter, confirmed: false };
        const stands = made.filter !== undefined && toFilterPolicy(made.filter) === policy;
        return stands ? made : "exists_otherwise";
      } catch (error) {
        if (error instanceof InvalidParameterException && /already exists/i.test(error.message)) {
          return "exists_otherwise";
        }
        throw error;
      }
    },
    find: async (protocol, endpoint) => {
      for await (const page of paginateListSubscriptionsByTopic({ client: sns }, { TopicArn: topicArn })) {
        const found = page.Subscriptions?.find(
          (listed) => isStanding(listed) && listed.Protocol === protocol && listed.Endpoint === endpoint,
        );
        if (found !== undefined) return complete(found);
      }
      return undefined;
    },
    setFilter: async (id, filter) => {
      const SubscriptionArn = arnOf(id);
      const set = (AttributeName: string, AttributeValue: string) =>
        sns.send(new SetSubscriptionAttributesCommand({ SubscriptionArn, AttributeName, AttributeValue }));
      await set("FilterPolicyScope", "MessageAttributes");
      await set("FilterPolicy", toFilterPolicy(filter));
    },
    unsubscribe: async (id) => {
      try {
        await sns.send(new UnsubscribeCommand({ SubscriptionArn: arnOf(id) }));
        return true;
      } catch (error) {
        if (error instanceof NotFoundException) return true;
        if (error instanceof InvalidParameterException) return false;
        throw error;
      }
    },
  };
};

/** Those that left stay in the list for a while, with `Deleted` for an ARN. */
const isStanding = ({ Protocol, SubscriptionArn }: SnsSubscription): boolean =>
  KNOWN.has(Protocol) && SubscriptionArn !== "Deleted";
