import type { TaskSize } from "./parameters.ts";

/** In MiB: the process itself with its caches and answers, twice what it takes idle (docs/containers.md). */
const BASE = 224;
/** In MiB: three parts of 8, one filling and two on their way (docs/operations.md#too-many-requests). */
const LARGEST_UPLOAD = 24;

/**
 * Uploads that a task of the API may take at the same time: as many large ones as fit its memory.
 * @throws Error where not even one does
 */
export const concurrentUploads = ({ memory }: Pick<TaskSize, "memory">): number => {
  const uploads = Math.floor((memory - BASE) / LARGEST_UPLOAD);
  if (uploads < 1)
    throw new Error(`${memory} MiB are too few for the API: it takes ${BASE + LARGEST_UPLOAD}`);
  return uploads;
};
