import t from "tap";
import { WorkError } from "../src/errors.ts";
import { parseBody, toQueueMessage } from "../src/queue-message.ts";

const envelope = (message: unknown) =>
  JSON.stringify({ Type: "Notification", TopicArn: "arn", Message: message });

t.test("a body raw or in an SNS envelope", async (t) => {
  t.same(parseBody('{"a":1}'), { a: 1 });
  t.same(parseBody(envelope('{"a":1}')), { a: 1 });
  t.same(parseBody('{"Type":"Notification"}'), { Type: "Notification" }, "no envelope without a message");
  t.match(parseBody(envelope({ a: 1 })), { Message: { a: 1 } }, "SNS sends text");
});

t.test("what is not JSON is permanent", async (t) => {
  for (const body of ["", "{", envelope("{")]) {
    t.throws(() => parseBody(body), { name: "WorkError", kind: "permanent", code: "undecodable" });
  }
  try {
    parseBody("{");
  } catch (error) {
    t.ok(error instanceof WorkError && error.cause instanceof SyntaxError, "the cause is kept");
  }
});

t.test("the fields that SQS sends", async (t) => {
  const message = toQueueMessage({
    MessageId: "id",
    ReceiptHandle: "handle",
    Body: "body",
    Attributes: { ApproximateReceiveCount: "3", SentTimestamp: "1700000000000" },
  });
  t.match(message, { id: "id", receiptHandle: "handle", body: "body", receiveCount: 3 });
  t.equal(message.sentAt.toISOString(), "2023-11-14T22:13:20.000Z");
  t.throws(() => toQueueMessage({ Body: "body" }), TypeError);
});
