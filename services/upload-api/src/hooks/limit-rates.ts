import rateLimit from "@fastify/rate-limit";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { ApiConfig } from "../config.ts";
import { rateLimited } from "../errors/api-error.ts";

const MINUTE = 60_000;

export interface RateLimits {
  /** Belongs before the authentication, which costs something itself. */
  readonly perAddress: () => void;
  /**
   * To be asked when a request has shown no good key. Others of the address, who have one, are not to suffer for whoever
   * guesses.
   * @throws rate_limited
   */
  readonly onRefusedKey: (request: FastifyRequest, reply: FastifyReply) => Promise<void>;
  /** Belongs behind the authentication. */
  readonly perKey: () => void;
}

type Check = ReturnType<FastifyInstance["createRateLimit"]>;
type Outcome = Exclude<Awaited<ReturnType<Check>>, { isAllowed: true }>;

/**
 * Counts requests in windows of a minute, in the memory of this process: N replicas let N times as much through. Of
 * each kind 5,000 are counted at once; of more, those longest unseen are forgotten.
 */
export const limitRates = async (
  app: FastifyInstance,
  settings: ApiConfig["settings"],
): Promise<RateLimits> => {
  await app.register(rateLimit, { global: false });
  /** Without `keyGenerator` the plugin takes the address, of IPv6 the /64 that a household has as a whole. */
  const limit = (max: number, keyGenerator?: (request: FastifyRequest) => string): Check | undefined =>
    max === 0
      ? undefined
      : app.createRateLimit({
          max,
          timeWindow: MINUTE,
          ...(keyGenerator && { keyGenerator }),
        });

  const addresses = limit(settings.ADDRESS_LIMIT_PER_MINUTE);
  const refusedKeys = limit(settings.REFUSED_KEYS_PER_MINUTE);
  const keys = limit(settings.RATE_LIMIT_PER_MINUTE, ({ principal }) => principal.id);

  return {
    perAddress: () => {
      app.addHook("onRequest", async (request, reply) => {
        refuse(await addresses?.(request), "address", reply);
      });
      app.addHook("onResponse", async (request, { statusCode }) => {
        if (statusCode === 401) await refusedKeys?.(request);
      });
    },
    onRefusedKey: async (request, reply) => {
      // Only looked at: what counts here is the answer, above.
      const guessed = await refusedKeys?.(request, { increment: false });
      if (guessed && !guessed.isAllowed && guessed.remaining === 0) throw tooMany(guessed, "address", reply);
    },
    perKey: () => {
      app.addHook("onRequest", async (request, reply) => {
        if (request.is404 || request.routeOptions.config.access === "public") return;
        const outcome = await keys?.(request);
        if (!outcome || outcome.isAllowed) return;
        refuse(outcome, "key", reply);
        reply.headers(headersOf(outcome));
      });
    },
  };
};

const refuse = (
  outcome: Awaited<ReturnType<Check>> | undefined,
  who: "address" | "key",
  reply: FastifyReply,
): void => {
  if (outcome && !outcome.isAllowed && outcome.isExceeded) throw tooMany(outcome, who, reply);
};

const tooMany = (outcome: Outcome, who: "address" | "key", reply: FastifyReply) => {
  reply.headers(headersOf(outcome));
  return rateLimited(who, outcome.max, outcome.ttlInSeconds);
};

/** As in draft-ietf-httpapi-ratelimit-headers up to its sixth version, which clients know. */
const headersOf = ({ max, remaining, ttlInSeconds }: Outcome) => ({
  "ratelimit-limit": String(max),
  "ratelimit-remaining": String(remaining),
  "ratelimit-reset": String(ttlInSeconds),
});
