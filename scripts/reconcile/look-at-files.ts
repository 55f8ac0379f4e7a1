import { setTimeout as sleep } from "node:timers/promises";
import type { FilesReport, FoundFile } from "@stockwire/service-kit/reconcile/reconcile-files";
import type { Sighted } from "@stockwire/service-kit/reconcile/sightings";

/** The pass's own patience, and a little more. */
const WAIT_MILLISECONDS = 121_000;

export interface LookAtFiles {
  readonly pass: (sighted: Sighted, onFound: (found: FoundFile) => void) => Promise<FilesReport>;
  readonly onFound: (found: FoundFile) => void;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
  readonly waitMilliseconds?: number;
}

/**
 * Makes one pass, and a second one where the first has seen files completed by parts for the first time: only after a while
 * can be told whether they are lost.
 * @returns with how many cannot be judged yet
 */
export const lookAtFiles = async ({
  pass,
  onFound,
  say,
  signal,
  waitMilliseconds = WAIT_MILLISECONDS,
}: LookAtFiles): Promise<{ looked: number; lost: number; brought: number; leftOut: number }> => {
  const found = new Set<string>();
  const note = (file: FoundFile): void => {
    if (!found.has(file.uploadId)) onFound(file);
    found.add(file.uploadId);
  };
  const first = await pass({}, note);
  const many = Object.keys(first.sighted).length;
  if (many === 0) return { looked: first.looked, lost: found.size, brought: first.announced, leftOut: 0 };
  say(`${many} made of parts have no receipt: looking again in ${Math.round(waitMilliseconds / 1_000)} s`);
  await sleep(waitMilliseconds, undefined, { signal }).catch(() => signal.throwIfAborted());
  const second = await pass(first.sighted, note);
  const leftOut = Object.keys(second.sighted).length;
  if (leftOut > 0) say(`${leftOut} of them cannot be judged yet; run it again later`);
  return {
    looked: second.looked,
    lost: found.size,
    brought: first.announced + second.announced,
    leftOut,
  };
};
