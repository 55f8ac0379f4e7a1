import type { Message } from "@aws-sdk/client-sqs";
import { permanent } from "./errors.ts";

/** A message as SQS delivered it, with the fields that we ask for certain to be there. */
export interface QueueMessage {
  readonly id: string;
  readonly receiptHandle: string;
  readonly body: string;
  /** Deliveries so far, this one included. */
  readonly receiveCount: number;
  readonly sentAt: Date;
}

/** Throws TypeError when SQS left out what it always sends. */
export const toQueueMessage = (message: Message): QueueMessage => {
  const { MessageId, ReceiptHandle, Body, Attributes } = message;
  if (MessageId === undefined || ReceiptHandle === undefined) throw new TypeError("message without an id");
  return {
    id: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body ?? "",
    receiveCount: Number(Attributes?.ApproximateReceiveCount ?? 1),
    sentAt: new Date(Number(Attributes?.SentTimestamp ?? Date.now())),
  };
};

/**
 * The JSON in a body, whether it came raw or inside an SNS envelope.
 * Throws a permanent WorkError `undecodable` on anything else.
 */
export const parseBody = (body: string): unknown => {
  const outer = parseJson(body);
  if (isSnsEnvelope(outer)) return parseJson(outer.Message);
  return outer;
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw permanent("undecodable", "the message is not JSON", error);
  }
};

const isSnsEnvelope = (value: unknown): value is { Message: string } =>
  typeof value === "object" &&
  value !== null &&
  "Type" in value &&
  value.Type === "Notification" &&
  "Message" in value &&
  typeof value.Message === "string";
