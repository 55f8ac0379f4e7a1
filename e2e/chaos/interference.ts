import { type Answer, deniedAnswer, failedAnswer, throttledAnswer } from "./error-answers.ts";
import {
  ENTRY_FAULT,
  type FaultPlan,
  type InstanceId,
  type MessageFault,
  REQUEST_FAULTS,
  type Target,
} from "./fault-plan.ts";
import type { Fault, Journal } from "./journal.ts";
import { type Messages, visibilityOf } from "./messages.ts";
import type { Poison } from "./poison.ts";
import type { CloudRequest, ProxyOptions, Verdict } from "./proxy.ts";
import type { Random } from "./random.ts";
import { refuseEntries } from "./refuse-entries.ts";

/** What the suite does to the requests of all services at present. */
export interface Storm {
  readonly random: Random;
  readonly plan: FaultPlan;
  readonly outages: ReadonlyMap<Target, "throttled" | "failed-before" | "refused">;
}

export interface Interference {
  readonly instance: InstanceId;
  readonly generation: () => number;
  /** Undefined while nothing is to go wrong. */
  readonly storm: () => Storm | undefined;
  readonly poison: () => Poison;
  readonly journal: () => Journal;
  readonly messages: Messages;
  /** This instance's proxy, and the emulator behind it: queue URLs name the one or the other. */
  readonly origins: { readonly proxy: string; readonly upstream: string };
}

/** Longest that a worker's own pauses keep a message away; its visibility timeout itself is left as it is. */
const LONGEST_PAUSE_SECONDS = 2;
/** Operations whose only use is to ask for work: to lose one is no fault of interest. */
const IDLE = new Set(["GetQueueAttributes", "DescribeTable", "GetTopicAttributes", "HEAD"]);
/** What a transition's record is written with, alone or with others. */
const RECORDING = new Set(["UpdateItem", "BatchExecuteStatement"]);

/** Of all requests the fewest go to SNS, and each of them matters. */
const SNS_SHARE = 5;

/** How one instance's requests are judged, changed on their way in, and what comes back of them. */
export const interfere = (context: Interference): Pick<ProxyOptions, "judge" | "rewrite" | "onAnswer"> => {
  const note = (kind: Fault["kind"], { target, operation }: CloudRequest): void => {
    const inFlight = context.messages.inFlight();
    const { instance } = context;
    context.journal().faults.push({ at: Date.now(), kind, instance, target, operation, inFlight });
  };
  return {
    judge: (request) => {
      const storm = context.storm();
      if (context.poison().takes(request, storm !== undefined)) {
        note("poisoned", request);
        return { do: "answer", answer: deniedAnswer };
      }
      if (storm === undefined || IDLE.has(request.operation)) return { do: "pass" };
      const outage = storm.outages.get(request.target);
      if (outage !== undefined) note("outage", request);
      if (outage === "refused") return { do: "refuse" };
      if (outage !== undefined) {
        const answer = outage === "throttled" ? throttledAnswer : failedAnswer;
        return { do: "answer", answer: answer(request.target) };
      }
      const fault = chooseFault(storm, request);
      if (fault !== undefined) {
        note(fault, request);
        return verdictOf(fault, request.target, storm.random);
      }
      if (!storm.random.chance(storm.plan.requests[ENTRY_FAULT] ?? 0)) return { do: "pass" };
      const thinned = refuseEntries(request, storm.random);
      if (thinned === undefined) return { do: "pass" };
      note(ENTRY_FAULT, request);
      return { do: "thin", thinned };
    },
    rewrite: (request) => {
      if (request.target !== "sqs") return request.body;
      const { proxy, upstream } = context.origins;
      const body = JSON.parse(request.body.toString().replaceAll(proxy, upstream)) as SqsBody;
      return Buffer.from(JSON.stringify(shortened(request.operation, body)));
    },
    onAnswer: async (request, answer, delivered) => {
      if (request.target === "sqs") return onQueueAnswer(context, note, request, answer, delivered);
      if (request.target === "sns" && request.operation === "Publish") {
        notePublication(context, request, answer, delivered);
      }
      if (request.target === "dynamodb" && RECORDING.has(request.operation)) {
        noteRecord(context, request, answer);
      }
      return answer;
    },
  };
};

/** Befalls a request as a whole. */
type WholeFault = (typeof REQUEST_FAULTS)[number];

const chooseFault = (
  { random, plan }: Storm,
  { operation, target }: CloudRequest,
): WholeFault | undefined => {
  for (const kind of REQUEST_FAULTS) {
    const rate = plan.requests[kind];
    // A long poll is asked for all the time: a few of its answers are enough.
    const often =
      operation === "ReceiveMessage" && kind !== "delayed" ? 0.3 : target === "sns" ? SNS_SHARE : 1;
    if (rate !== undefined && random.chance(rate * often)) return kind;
  }
  return undefined;
};

const verdictOf = (fault: WholeFault, target: Target, random: Random): Verdict => {
  switch (fault) {
    case "throttled":
      return { do: "answer", answer: throttledAnswer(target) };
    case "failed-before":
      return { do: "answer", answer: failedAnswer(target) };
    case "failed-after":
      return { do: "answer-after", answer: failedAnswer(target) };
    case "answer-lost":
      return { do: "cut-answer", part: 0, stall: 0 };
    case "request-cut":
      return { do: "cut-request" };
    case "answer-cut":
      return { do: "cut-answer", part: random.next(), stall: 0 };
    case "answer-stalled":
      return { do: "cut-answer", part: 0.5, stall: random.between(500, 2_500) };
    case "delayed":
      return { do: "pass", after: random.pick([20, 50, 100, 200, 400, 800]) };
  }
};

interface SqsBody {
  readonly QueueUrl: string;
  readonly ReceiptHandle?: string;
  readonly Entries?: readonly { readonly Id: string; readonly ReceiptHandle: string }[];
  readonly VisibilityTimeout?: number;
  readonly DelaySeconds?: number;
}

/** Pauses of a minute would make runs of minutes. SQS may show a message earlier than it was asked to. */
const shortened = (operation: string, body: SqsBody): SqsBody => {
  const { VisibilityTimeout: visibility, DelaySeconds: delay } = body;
  if (operation === "ChangeMessageVisibility" && visibility !== visibilityOf(body.QueueUrl)) {
    return { ...body, VisibilityTimeout: Math.min(visibility ?? 0, LONGEST_PAUSE_SECONDS) };
  }
  if (delay !== undefined) return { ...body, DelaySeconds: Math.min(delay, LONGEST_PAUSE_SECONDS) };
  return body;
};

interface ReceivedMessage {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly Body: string;
}

const onQueueAnswer = async (
  { instance, messages, storm: currentStorm }: Interference,
  note: (kind: MessageFault, request: CloudRequest) => void,
  request: CloudRequest,
  answer: Answer,
  delivered: boolean,
): Promise<Answer> => {
  if (answer.status !== 200) return answer;
  const { QueueUrl, ReceiptHandle = "", VisibilityTimeout } = JSON.parse(request.body.toString()) as SqsBody;
  if (request.operation === "DeleteMessageBatch") {
    for (const handle of deletedIn(request, answer)) messages.deleted(handle);
  }
  if (request.operation === "ChangeMessageVisibility" && VisibilityTimeout !== visibilityOf(QueueUrl)) {
    messages.handedBack(ReceiptHandle);
  }
  if (request.operation !== "ReceiveMessage") return answer;
  const parsed = JSON.parse(answer.body.toString()) as { Messages?: ReceivedMessage[] };
  const kept: ReceivedMessage[] = [];
  for (const message of parsed.Messages ?? []) {
    const { ReceiptHandle: handle, MessageId: messageId, Body } = message;
    const storm = currentStorm();
    const hits = (kind: MessageFault): boolean => {
      const isHit = storm?.random.chance(storm.plan.messages[kind] ?? 0) ?? false;
      if (!isHit || !messages.mayHit(kind, Body)) return false;
      note(kind, request);
      return true;
    };
    if (!delivered) {
      await messages.show(QueueUrl, handle, 0);
      continue;
    }
    if (hits("message-held-back")) {
      await messages.show(QueueUrl, handle, storm?.random.between(1, 3) ?? 1);
      continue;
    }
    if (hits("message-twice")) {
      void messages.sendCopy(QueueUrl, Body, storm?.random.pick([0, 0, 1, 3]) ?? 0);
    }
    if (hits("visibility-ended")) {
      setTimeout(() => void messages.show(QueueUrl, handle, 0), storm?.random.between(50, 1_500) ?? 0);
    }
    messages.received({ instance, queueUrl: QueueUrl, handle, messageId });
    kept.push(message);
  }
  if (kept.length === (parsed.Messages ?? []).length) return answer;
  const { Messages: _, ...rest } = parsed;
  return {
    ...answer,
    body: Buffer.from(JSON.stringify(kept.length > 0 ? { ...rest, Messages: kept } : rest)),
  };
};

/** Handles of the entries that SQS says are gone. */
const deletedIn = (request: CloudRequest, answer: Answer): string[] => {
  const { Entries = [] } = JSON.parse(request.body.toString()) as SqsBody;
  const { Successful = [] } = JSON.parse(answer.body.toString()) as { Successful?: { Id: string }[] };
  const gone = new Set(Successful.map(({ Id }) => Id));
  return Entries.filter(({ Id }) => gone.has(Id)).map(({ ReceiptHandle }) => ReceiptHandle);
};

const notePublication = (
  { instance, generation, journal }: Interference,
  request: CloudRequest,
  answer: Answer,
  delivered: boolean,
): void => {
  if (answer.status !== 200) return;
  const message = new URLSearchParams(request.body.toString()).get("Message") ?? "";
  const lines = message.split("\n");
  journal().publications.push({
    at: Date.now(),
    instance,
    generation: generation(),
    lines,
    answered: delivered,
  });
};

/**
 * 400: the condition failed, so somebody else has recorded it. In a batch each statement has an answer of its own; one
 * that failed there is written by itself next.
 */
const noteRecord = (
  { instance, generation, journal }: Interference,
  { operation, body }: CloudRequest,
  answer: Answer,
): void => {
  if (answer.status !== 200 && answer.status !== 400) return;
  const recorded = operation === "UpdateItem" ? recordedAlone(body) : recordedTogether(body, answer);
  for (const written of recorded) {
    journal().records.push({ at: Date.now(), instance, generation: generation(), ...written });
  }
};

type WrittenKey = Pick<Journal["records"][number], "storeItem" | "version">;

const recordedAlone = (body: Buffer): WrittenKey[] => {
  const { Key, ExpressionAttributeValues } = JSON.parse(body.toString()) as {
    Key: { StoreItem?: { S: string }; Version?: { S: string } };
    ExpressionAttributeValues?: Record<string, unknown>;
  };
  if (Key.StoreItem === undefined || ExpressionAttributeValues?.[":publishedAt"] === undefined) return [];
  return [{ storeItem: Key.StoreItem.S, version: Key.Version?.S ?? "" }];
};

const recordedTogether = (body: Buffer, answer: Answer): WrittenKey[] => {
  if (answer.status !== 200) return [];
  const { Statements } = JSON.parse(body.toString()) as {
    Statements: { Statement: string; Parameters: { S?: string }[] }[];
  };
  const { Responses } = JSON.parse(answer.body.toString()) as { Responses: { Error?: unknown }[] };
  return Statements.flatMap(({ Statement, Parameters }, index) => {
    if (!Statement.includes('SET "PublishedAt"') || Responses[index]?.Error !== undefined) return [];
    const [, storeItem, version] = Parameters.map(({ S }) => S ?? "");
    return [{ storeItem: storeItem ?? "", version: version ?? "" }];
  });
};
