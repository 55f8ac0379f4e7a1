import type { AlertView } from "@stockwire/contracts/views";
import type { Limiter } from "@stockwire/service-kit/limiter";
import type { Logger } from "@stockwire/service-kit/logger";
import { type Claim, type Claims, claimTransition, releaseClaim } from "./claim-transition.ts";
import { readTransition, type Transition } from "./read-transition.ts";
import { recordPublished } from "./record-published.ts";

export interface Stages {
  readonly claims: Claims;
  /** True for the first transitions of a load and kind. */
  readonly takeSlot: (transition: Transition) => Promise<boolean>;
  /** `publishBy`: see `Claim`. */
  readonly publish: (transitions: readonly [Transition, ...Transition[]], publishBy: number) => Promise<void>;
  readonly joinDigest: (transition: Transition, publishBy: number) => Promise<void>;
  /** A message is not claimed before its turn: a lease that ran while it queued for the table would be lost. */
  readonly preparing: Limiter;
  readonly recording: Limiter;
  /** Told of each transition of which staff have been told. */
  readonly tellPages: (alert: AlertView) => void;
}

/**
 * One message of the queue `alert`, from stream record to told staff. Resolves when staff have been told and the
 * record says so: only then may the message go.
 */
export const tellStaff = async (stages: Stages, body: string, log: Logger): Promise<void> => {
  const transition = readTransition(body);
  if (transition === undefined) return;
  const transitionLog = log.child({ uploadId: transition.uploadId, kind: transition.kind });

  const prepared = await stages.preparing(async () => {
    // At the same time as the claim: whoever else holds that takes the same place for the same transition.
    const place = Promise.allSettled([stages.takeSlot(transition)]);
    const claim = await claimTransition(stages.claims, transition);
    if (claim === undefined) return undefined;
    const single = await orRelease(stages, claim, transitionLog, async () => outcomeOf(await place));
    return { claim, single };
  });
  if (prepared === undefined) {
    transitionLog.debug("told already");
    return;
  }
  const { claim, single } = prepared;
  await orRelease(stages, claim, transitionLog, () =>
    single ? stages.publish([transition], claim.publishBy) : stages.joinDigest(transition, claim.publishBy),
  );
  const alert = await stages.recording(() => recordPublished(stages.claims, claim, transitionLog));
  stages.tellPages(alert);
};

const outcomeOf = <Value>([result]: readonly [PromiseSettledResult<Value>]): Value => {
  if (result.status === "rejected") throw result.reason;
  return result.value;
};

/** Releases the claim where `work` fails. A release that fails costs only time: the lease runs out by itself. */
const orRelease = async <Result>(
  { claims, recording }: Stages,
  claim: Claim,
  log: Logger,
  work: () => Promise<Result>,
): Promise<Result> => {
  try {
    return await work();
  } catch (error) {
    await recording(() => releaseClaim(claims, claim)).catch((cause) =>
      log.warn({ err: cause }, "could not release the claim"),
    );
    throw error;
  }
};
