import type { Socket } from "node:net";
import type { Problem } from "@stockwire/contracts/problem";
import type { FastifyInstance } from "fastify";
import { type ProblemCode, problems } from "./problems.ts";
import { PROBLEM_TYPE } from "./render-problem.ts";

/** What Node calls it, and what it is answered with; everything else is no HTTP. */
const CODES: Readonly<Record<string, ProblemCode>> = {
  HPE_HEADER_OVERFLOW: "headers_too_large",
  ERR_HTTP_REQUEST_TIMEOUT: "headers_too_slow",
};
const DETAILS: Readonly<Partial<Record<ProblemCode, string>>> = {
  invalid_request: "The request is not well-formed HTTP.",
  headers_too_large: "The request line and headers are larger than 16 KiB.",
  headers_too_slow: "The request's headers took too long.",
};
const REASONS: Readonly<Record<number, string>> = {
  400: "Bad Request",
  408: "Request Timeout",
  431: "Request Header Fields Too Large",
};
/** How long the rest of what the client sends is read, so that a reset does not take the answer from it. */
const LINGER_MILLISECONDS = 2_000;

/**
 * Answers what Node could not parse as HTTP at all (no request exists then, so the usual renderer cannot), in the
 * same shape as every other problem.
 */
export function answerUnparsable(
  this: FastifyInstance,
  error: Error & { code?: string },
  socket: Socket,
): void {
  if (error.code === "ECONNRESET" || socket.destroyed) return;
  // Not the error as such: it carries the packet, and so whatever key stood in it.
  this.log.debug({ code: error.code, reason: error.message }, "not HTTP");
  if (!socket.writable) {
    // A further packet of what is answered already, or nobody there to read an answer.
    if (!socket.writableEnded) socket.destroy();
    return;
  }
  const code = CODES[error.code ?? ""] ?? "invalid_request";
  const { status, title, mend } = problems[code];
  const problem: Problem = {
    type: `/problems/${code}`,
    title,
    status,
    code,
    detail: `${DETAILS[code]} ${mend}`,
  };
  const body = JSON.stringify(problem);
  socket.end(
    `HTTP/1.1 ${status} ${REASONS[status]}\r\ncontent-type: ${PROBLEM_TYPE}\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\ncache-control: no-store\r\n` +
      "x-content-type-options: nosniff\r\nconnection: close\r\n\r\n" +
      body,
  );
  const cutOff = setTimeout(() => socket.destroy(), LINGER_MILLISECONDS);
  cutOff.unref();
  socket.once("close", () => clearTimeout(cutOff));
  socket.resume();
}
