import type { FastifySchema } from "fastify";
import { problemResponses } from "../errors/problem-responses.ts";
import type { ProblemCode } from "../errors/problems.ts";
import type { Access } from "./principal.ts";

/** How callers show who they are, as OpenAPI says it. */
export const securitySchemes = {
  apiKey: { type: "apiKey", in: "header", name: "x-api-key", description: "a key, `sw_{keyId}_{secret}`" },
  bearer: {
    type: "http",
    scheme: "bearer",
    description: "a key, or the access token of a person of the Cognito user pool",
  },
} as const;

const REFUSALS: readonly ProblemCode[] = [
  "missing_key",
  "malformed_key",
  "unknown_key",
  "disabled_key",
  "invalid_token",
  "expired_token",
  "forbidden",
];

type Responses = Record<string, { description: string }>;

/** A route's schema with what its rule means: any of the ways to show a key, the scopes, and the refusals. */
export const documentAccess = (
  schema: FastifySchema | undefined,
  access: Access | undefined,
): FastifySchema => {
  if (schema?.hide) return { ...schema };
  // Said in so many words: an operation without it would stand for one that was forgotten.
  if (access === undefined || access === "public") return { ...schema, security: [] };
  const scopes = [access].flat();
  return {
    ...schema,
    security: Object.keys(securitySchemes).map((name) => ({ [name]: scopes })),
    response: addRefusals((schema?.response ?? {}) as Responses),
  };
};

const addRefusals = (responses: Responses): Responses => {
  const merged = { ...responses };
  for (const [status, refusal] of Object.entries(problemResponses(...REFUSALS))) {
    const own = responses[status];
    if (own === undefined) merged[status] = refusal;
    else if (!own.description.includes(refusal.description)) {
      merged[status] = { ...own, description: `${own.description} ${refusal.description}` };
    }
  }
  return merged;
};
