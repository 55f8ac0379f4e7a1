import type { Socket } from "node:net";
import type { Problem } from "@stockwire/contracts/problem";
import type { FastifyInstance } from "fastify";
import { problems } from "./problems.ts";
import { PROBLEM_TYPE } from "./render-problem.ts";

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
  this.log.debug({ err: error }, "not HTTP");
  if (!socket.writable) {
    socket.destroy(error);
    return;
  }
  const { status, title } = problems.invalid_request;
  const problem: Problem = {
    type: "/problems/invalid_request",
    title,
    status,
    code: "invalid_request",
    detail: "The request is not well-formed HTTP, or its headers are too large.",
  };
  const body = JSON.stringify(problem);
  socket.end(
    `HTTP/1.1 400 Bad Request\r\ncontent-type: ${PROBLEM_TYPE}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n` +
      `connection: close\r\n\r\n${body}`,
    () => socket.destroy(error),
  );
}
