import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import t from "tap";
import { codeOf, kindOf, permanent, retryable, waiting } from "../src/errors.ts";

const thrownBy = (work: () => unknown): unknown => {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
};

t.test("what a failure means and is called", async (t) => {
  const cause = new Error("the reason");
  const connection = Object.assign(new Error("connect"), { code: "ECONNREFUSED" });
  const throttled = Object.assign(new Error("slow down"), { name: "ThrottlingException", $fault: "client" });
  const cases: [unknown, string, string][] = [
    [permanent("bad_count", "no"), "permanent", "bad_count"],
    [retryable("away", "later", cause), "retryable", "away"],
    [waiting("older_load", "not yet", 3), "waiting", "older_load"],
    [connection, "retryable", "Error"],
    [throttled, "waiting", "ThrottlingException"],
    [Object.assign(new Error("late"), { name: "TimeoutError" }), "retryable", "TimeoutError"],
    [new TypeError("undefined is not a function"), "bug", "TypeError"],
    [thrownBy(() => Buffer.from(5 as unknown as string)), "bug", "TypeError"],
    ["a string", "bug", "unknown"],
    [undefined, "bug", "unknown"],
  ];
  for (const [error, kind, code] of cases) {
    t.equal(kindOf(error), kind, String(error));
    t.equal(codeOf(error), code);
  }
  t.equal(retryable("away", "later", cause).cause, cause);
  t.equal(waiting("older_load", "not yet", 3).afterSeconds, 3);
});

t.test("nobody listens at the endpoint: retryable", async (t) => {
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const sqs = new SQSClient({
    endpoint: "http://127.0.0.1:1",
    region: "us-east-1",
    credentials,
    maxAttempts: 1,
  });
  const error = await sqs
    .send(new SendMessageCommand({ QueueUrl: "http://127.0.0.1:1/q", MessageBody: "x" }))
    .then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
  t.equal(kindOf(error), "retryable");
  sqs.destroy();
});
