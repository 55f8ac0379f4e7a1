import type { FauxqsApp } from "../emulators/fauxqs.ts";

interface ReceiveAnswer {
  readonly Messages?: readonly { readonly ReceiptHandle: string }[];
}

const JSON_1_0 = "application/x-amz-json-1.0";

/**
 * Makes messages visible again at once where nobody is left to take them: fauxqs keeps the long poll of a client
 * that was killed, and would hide the next message from everybody else for a whole visibility timeout. Such a
 * message has been received once more than any consumer saw, which SQS allows as well.
 */
export const returnUndelivered = (app: FauxqsApp): void => {
  app.addHook("onSend", async (request, reply, payload) => {
    if (request.headers["x-amz-target"] !== "AmazonSQS.ReceiveMessage") return payload;
    const isGone = reply.raw.destroyed || request.raw.socket.destroyed;
    if (!isGone || reply.statusCode !== 200) return payload;
    const { Messages = [] } = JSON.parse(String(payload)) as ReceiveAnswer;
    if (Messages.length === 0) return payload;
    const { QueueUrl } = request.body as { QueueUrl: string };
    const Entries = Messages.map(({ ReceiptHandle }, index) => ({
      Id: String(index),
      ReceiptHandle,
      VisibilityTimeout: 0,
    }));
    await app.inject({
      method: "POST",
      url: "/",
      headers: { "content-type": JSON_1_0, "x-amz-target": "AmazonSQS.ChangeMessageVisibilityBatch" },
      payload: JSON.stringify({ QueueUrl, Entries }),
    });
    return payload;
  });
};
