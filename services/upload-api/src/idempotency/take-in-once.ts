import { createHash } from "node:crypto";
import { compositeKey } from "@stockwire/contracts/keys";
import { startHeartbeat } from "@stockwire/service-kit/heartbeat";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { ApiContext } from "../context.ts";
import { idempotencyKeyReused } from "../errors/api-error.ts";
import { digestFiles } from "../intake/digest-files.ts";
import type { Intake, TakenIn } from "../intake/intake.ts";
import { takeIn } from "../intake/take-in.ts";
import type { Claim } from "./claim.ts";
import type { Done } from "./claims.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { readIdempotencyKey } from "./read-key.ts";

/**
 * Takes a request's files in, and with an `Idempotency-Key` does so once however often the request comes: a repeat gets
 * the first answer, marked `Idempotent-Replayed: true`.
 * @throws invalid_idempotency_key; idempotency_in_progress while an earlier one is under way; idempotency_key_reused
 *   for another request under the key; what `takeIn` throws
 */
export const takeInOnce = async (
  request: FastifyRequest,
  reply: FastifyReply,
  intake: Intake,
  context: ApiContext,
): Promise<readonly TakenIn[]> => {
  const key = readIdempotencyKey(request);
  if (key === undefined) return takeIn(request, intake, context);
  const standing = await context.claims.take(callerKey(request, intake, key));
  if (standing.state === "claimed") return withClaim(standing, request, intake, context);
  const answer = await answerAgain(standing, request, intake, context);
  reply.header("idempotent-replayed", "true");
  return answer;
};

/** A digest, so that two callers never meet under one key and neither ids nor keys of any length stand in the table. */
export const callerKey = (
  { principal }: Pick<FastifyRequest, "principal">,
  { kind }: Pick<Intake, "kind">,
  key: string,
): string =>
  createHash("sha256")
    .update(compositeKey(principal.id, kind, key))
    .digest("hex");

/** The body is read to its end all the same, for only then is it known to be the same request. */
const answerAgain = async (
  done: Done,
  request: FastifyRequest,
  intake: Intake,
  context: ApiContext,
): Promise<readonly TakenIn[]> => {
  const files = await digestFiles(request, intake, context);
  if (fingerprintOf(intake, files) !== done.fingerprint) throw idempotencyKeyReused();
  return done.answer;
};

const withClaim = async (
  claim: Claim,
  request: FastifyRequest,
  intake: Intake,
  context: ApiContext,
): Promise<readonly TakenIn[]> => {
  const lease = startHeartbeat({
    visibilitySeconds: context.claims.leaseSeconds,
    capSeconds: Number.POSITIVE_INFINITY,
    renew: claim.renew,
    // A claim that was lost is noticed where it counts: before anything is stored, and before it is answered.
    onError: (error) => request.log.warn({ err: error }, "could not renew the claim on an Idempotency-Key"),
  });
  try {
    const taken = await takeIn(request, intake, context, {
      decided: claim.earlier?.files ?? [],
      decide: async (files) => {
        const fingerprint = fingerprintOf(intake, files);
        if (claim.earlier && claim.earlier.fingerprint !== fingerprint) throw idempotencyKeyReused();
        await claim.markStoring(fingerprint, files);
      },
    });
    await claim.finish(taken);
    return taken;
  } catch (error) {
    await lease.stop();
    await claim.release().catch((failure: unknown) => {
      request.log.warn({ err: failure }, "could not release the claim on an Idempotency-Key; its lease ends");
    });
    throw error;
  } finally {
    await lease.stop();
  }
};
