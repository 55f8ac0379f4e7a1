import type { Random } from "./random.ts";

/** The processes under test; two ingest workers, so that files change hands. */
export const INSTANCES = [
  { id: "upload-api", service: "upload-api" },
  { id: "ingest-worker-1", service: "ingest-worker" },
  { id: "ingest-worker-2", service: "ingest-worker" },
  { id: "alert-worker", service: "alert-worker" },
  { id: "invoice-worker", service: "invoice-worker" },
] as const;
export type InstanceId = (typeof INSTANCES)[number]["id"];

const TARGETS = ["s3", "sqs", "sns", "dynamodb"] as const;
export type Target = (typeof TARGETS)[number];

/** Faults that befall single requests, each with its probability while faults last. */
export const REQUEST_FAULTS = [
  "throttled",
  "failed-before",
  "failed-after",
  "answer-lost",
  "request-cut",
  "answer-cut",
  "answer-stalled",
  "delayed",
] as const;
/** Befalls some entries of a request that has several. */
export const ENTRY_FAULT = "entries-refused";
export type RequestFault = (typeof REQUEST_FAULTS)[number] | typeof ENTRY_FAULT;

/** What befalls messages. */
const MESSAGE_FAULTS = ["message-twice", "message-held-back", "visibility-ended"] as const;
export type MessageFault = (typeof MESSAGE_FAULTS)[number];

export type PlannedEvent = { readonly at: number } & (
  | {
      readonly kind: "kill";
      readonly instance: InstanceId;
      readonly signal: "SIGKILL" | "SIGTERM";
      readonly away: number;
      /** Waits, for a while, until the instance has work in hand, and so many milliseconds more. */
      readonly busyFor?: number;
    }
  | {
      readonly kind: "outage";
      readonly target: Target;
      readonly mode: "throttled" | "failed-before" | "refused";
      readonly lasts: number;
    }
  | { readonly kind: "cloud-killed"; readonly away: number }
  | { readonly kind: "clock"; readonly instance: InstanceId; readonly shift: number }
  | { readonly kind: "disk-full"; readonly lasts: number }
);

export interface FaultPlan {
  /** Milliseconds during which faults are made; afterwards the run drains undisturbed. */
  readonly lasts: number;
  readonly requests: Readonly<Partial<Record<RequestFault, number>>>;
  readonly messages: Readonly<Partial<Record<MessageFault, number>>>;
  /** Whether one file cannot be read until it has been given up. */
  readonly poison: boolean;
  /** In order of time. */
  readonly events: readonly PlannedEvent[];
}

/** Which kinds of fault a run has differs from seed to seed: where fewer are at work, less is excused. */
const SHARE: Readonly<
  Record<RequestFault | MessageFault, readonly [ofRuns: number, low: number, high: number]>
> = {
  throttled: [0.4, 0.01, 0.05],
  "failed-before": [0.4, 0.01, 0.05],
  "failed-after": [0.4, 0.01, 0.05],
  "answer-lost": [0.4, 0.01, 0.04],
  "request-cut": [0.25, 0.01, 0.03],
  "answer-cut": [0.25, 0.01, 0.03],
  "answer-stalled": [0.2, 0.005, 0.02],
  delayed: [0.85, 0.1, 0.5],
  "entries-refused": [0.5, 0.05, 0.3],
  "message-twice": [0.7, 0.2, 0.7],
  "message-held-back": [0.6, 0.1, 0.5],
  "visibility-ended": [0.5, 0.1, 0.4],
};

/** Makes some faults likelier than they are by themselves: to see soon what a rare meeting would show late. */
export interface Emphasis {
  readonly requests?: FaultPlan["requests"];
  readonly messages?: FaultPlan["messages"];
  /** Further ends of instances, each when it has work in hand. */
  readonly kills?: readonly {
    readonly service: string;
    readonly signal: "SIGKILL" | "SIGTERM";
    readonly count: number;
  }[];
  /** Sandwiches (see workload.ts) in place of the usual one or none. */
  readonly sandwiches?: number;
  /** Pairs of the same bytes at the same time, in place of the usual one or none. */
  readonly twins?: number;
}

export const planFaults = (
  random: Random,
  lasts: number,
  canFillDisk: boolean,
  emphasis: Emphasis = {},
): FaultPlan => {
  const rates = (kinds: readonly (RequestFault | MessageFault)[], { next, chance }: Random = random) =>
    Object.fromEntries(
      kinds.flatMap((kind) => {
        const [ofRuns, low, high] = SHARE[kind];
        const rate = low + next() * (high - low);
        return chance(ofRuns) ? [[kind, rate]] : [];
      }),
    );
  return {
    lasts,
    requests: {
      ...rates(REQUEST_FAULTS),
      ...rates([ENTRY_FAULT], random.fork("entries")),
      ...emphasis.requests,
    },
    messages: { ...rates(MESSAGE_FAULTS), ...emphasis.messages },
    poison: random.fork("poison").chance(0.15),
    events: [
      ...planEvents(random.fork("events"), lasts, canFillDisk),
      ...planKills(random.fork("kills"), lasts, emphasis),
    ].sort((a, b) => a.at - b.at),
  };
};

const planKills = (random: Random, lasts: number, { kills = [] }: Emphasis): PlannedEvent[] =>
  kills.flatMap(({ service, signal, count }) =>
    Array.from({ length: count }, () => ({
      at: random.between(200, lasts - 500),
      kind: "kill" as const,
      instance: random.pick(INSTANCES.filter((instance) => instance.service === service)).id,
      signal,
      away: random.between(50, 500),
      busyFor: random.between(0, 800),
    })),
  );

/** Less than an hour: links signed by a clock further back are expired when they are given. */
export const FURTHEST_BACK_MS = 3_000_000;

const planEvents = (random: Random, lasts: number, canFillDisk: boolean): PlannedEvent[] => {
  const events: PlannedEvent[] = [];
  const sometime = () => random.between(200, lasts - 500);
  const instance = () => random.pick(INSTANCES).id;
  if (random.chance(0.75)) {
    const kills = random.between(1, 4);
    for (let index = 0; index < kills; index++) {
      const signal = random.pick(["SIGKILL", "SIGKILL", "SIGTERM"] as const);
      events.push({
        at: sometime(),
        kind: "kill",
        instance: instance(),
        signal,
        away: random.between(50, 1_500),
        ...(random.chance(0.6) && { busyFor: random.between(0, 500) }),
      });
    }
  }
  if (random.chance(0.3)) {
    const mode = random.pick(["throttled", "failed-before", "refused"] as const);
    const target = random.pick(TARGETS);
    events.push({ at: sometime(), kind: "outage", target, mode, lasts: random.between(500, 4_000) });
  }
  if (random.chance(0.15))
    events.push({ at: sometime(), kind: "cloud-killed", away: random.between(100, 2_000) });
  if (random.chance(0.25)) {
    const shift = random.pick([-FURTHEST_BACK_MS, -30_000, -2_000, 2_000, 50_000, 3_600_000]);
    events.push({ at: sometime(), kind: "clock", instance: instance(), shift });
  }
  if (canFillDisk && random.chance(0.08))
    events.push({ at: sometime(), kind: "disk-full", lasts: random.between(500, 2_000) });
  return events;
};
