import type { Target } from "./fault-plan.ts";

/** An HTTP answer in full. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

const answer = (status: number, type: string, body: string): Answer => ({
  status,
  headers: { "content-type": type, "x-amzn-requestid": "chaos" },
  body: Buffer.from(body),
});

const json = (status: number, code: string): Answer =>
  answer(
    status,
    "application/x-amz-json-1.0",
    JSON.stringify({ __type: code, message: "made by the fault suite" }),
  );

/** "Slow down", in each service's own words. */
export const throttledAnswer = (target: Target): Answer => {
  if (target === "dynamodb") {
    return json(400, "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException");
  }
  if (target === "sqs") return json(400, "com.amazonaws.sqs#RequestThrottled");
  if (target === "sns") return answer(400, "text/xml", snsError("Throttling"));
  return answer(503, "application/xml", s3Error("SlowDown"));
};

/** "It is our fault", in each service's own words. */
export const failedAnswer = (target: Target): Answer => {
  if (target === "dynamodb") return json(500, "com.amazonaws.dynamodb.v20120810#InternalServerError");
  if (target === "sqs") return json(500, "com.amazonaws.sqs#InternalFailure");
  if (target === "sns") return answer(500, "text/xml", snsError("InternalError"));
  return answer(500, "application/xml", s3Error("InternalError"));
};

const snsError = (code: string): string =>
  `<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Receiver</Type><Code>${code}</Code><Message>made by the fault suite</Message></Error><RequestId>chaos</RequestId></ErrorResponse>`;

const s3Error = (code: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>made by the fault suite</Message></Error>`;

/** What S3 says to who may not read an object: no client tries that again by itself. */
export const deniedAnswer: Answer = answer(403, "application/xml", s3Error("AccessDenied"));
