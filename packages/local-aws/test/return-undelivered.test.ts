import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import t from "tap";
import { startTestCloud } from "./helpers.ts";

const { clients, environment } = await startTestCloud(t);
const { sqs } = clients;

/** A client that waits for a message, and is killed while it does. */
const pollAndDie = async (QueueUrl: string | undefined): Promise<void> => {
  const { hostname, port } = new URL(environment.AWS_ENDPOINT_URL_SQS ?? "");
  const socket = connect(Number(port), hostname);
  const body = JSON.stringify({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 20 });
  const head = [
    "POST / HTTP/1.1",
    `host: ${hostname}:${port}`,
    "content-type: application/x-amz-json-1.0",
    "x-amz-target: AmazonSQS.ReceiveMessage",
    `content-length: ${body.length}`,
  ];
  socket.write(`${head.join("\r\n")}\r\n\r\n${body}`);
  await sleep(200); // nothing tells from outside that the poll has begun
  socket.destroy();
  await sleep(50);
};

t.test("what a dead client's long poll received goes to the next one at once", async (t) => {
  const Attributes = { VisibilityTimeout: "600" };
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "dead-poll", Attributes }));
  await pollAndDie(QueueUrl);
  await pollAndDie(QueueUrl);
  const started = Date.now();
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "hello" }));
  const received = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 10 }));
  t.match(received.Messages, [{ Body: "hello" }]);
  t.ok(Date.now() - started < 2000);
  const again = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 }));
  t.equal(again.Messages, undefined, "a client that is there keeps what it received");
});
