import type { CloudRequest } from "./proxy.ts";

/** One file of a run that nobody can read until it is lifted: it fails five times and goes to the dead-letter queue. */
export interface Poison {
  /** True for reads of the chosen file; the first file that is read during the storm is the one. */
  readonly takes: (request: CloudRequest, storming: boolean) => boolean;
  readonly lift: () => void;
}

export const createPoison = (): Poison => {
  let path: string | undefined;
  let lifted = false;
  return {
    takes: ({ target, method, path: asked }, storming) => {
      const read = asked.split("?")[0] ?? "";
      if (lifted || target !== "s3" || method !== "GET" || !read.startsWith("/inventory/")) return false;
      // A list of the parts of an upload that is not complete yet is no reading of the file.
      if (asked.includes("uploadId=")) return false;
      // Not a listing of the bucket.
      if (path === undefined && storming && read.length > "/inventory/".length) path = read;
      return path === read;
    },
    lift: () => {
      lifted = true;
    },
  };
};

export const noPoison: Poison = { takes: () => false, lift: () => undefined };
