import type { BacklogParameters, TaskSize } from "./parameters.ts";

/**
 * Messages that may wait for each running task: as many as it gets through in the wanted delay. Twice the share of a
 * processor means half the time for each; one whole processor is the most that a process of Node uses.
 */
export const backlogPerTask = (
  { wantedDelaySeconds, processorSecondsPerMessage }: BacklogParameters,
  { cpu }: TaskSize,
): number => {
  const secondsPerMessage = processorSecondsPerMessage / Math.min(1, cpu / 1024);
  return Math.max(1, Math.floor(wantedDelaySeconds / secondsPerMessage));
};
