import type { FastifyReply } from "fastify";

/** Aborts once the connection is closed, so that nobody's answer is not worked on. */
export const clientGone = (reply: FastifyReply): AbortSignal => {
  const gone = new AbortController();
  reply.raw.once("close", () => gone.abort());
  return gone.signal;
};

/**
 * What `work` resolves to, or `fallback` where it failed because the client is gone: that is no failure of ours, and
 * there is nobody to tell.
 */
export const unlessGone = async <Result>(
  signal: AbortSignal,
  reply: FastifyReply,
  work: Promise<Result>,
): Promise<Result | undefined> => {
  try {
    return await work;
  } catch (error) {
    if (!signal.aborted) throw error;
    reply.hijack();
    return undefined;
  }
};
