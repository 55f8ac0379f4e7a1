import type { Problem } from "@stockwire/contracts/problem";
import type { FastifyReply, FastifyRequest } from "fastify";
import { problems } from "./problems.ts";
import { toApiError } from "./to-api-error.ts";

export const PROBLEM_TYPE = "application/problem+json";

/** The only place that answers a failure: RFC 9457, with the request's id as `instance` so that the log has it. */
export const renderProblem = (
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply => {
  const error = toApiError(thrown);
  const { status, title, mend } = problems[error.code];
  const fields = { code: error.code, detail: error.message };
  // One line each of these would bury the log when it is needed most; metrics count them.
  if (error.code === "overloaded") request.log.debug(fields, "request refused");
  else if (status >= 500) request.log.error({ ...fields, err: error.cause ?? error }, "request failed");
  else request.log.info(fields, "request refused");
  const problem: Problem = {
    type: `/problems/${error.code}`,
    title,
    status,
    code: error.code,
    detail: `${error.message} ${mend}`,
    instance: `urn:uuid:${request.id}`,
  };
  return reply
    .code(status)
    .headers({ ...error.headers, "cache-control": "no-store", "x-content-type-options": "nosniff" })
    .type(PROBLEM_TYPE)
    .send(problem);
};
