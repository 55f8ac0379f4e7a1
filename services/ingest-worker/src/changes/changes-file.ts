import type { S3Client } from "@aws-sdk/client-s3";
import type { Change } from "@stockwire/contracts/change";
import { changesKey } from "@stockwire/contracts/keys";
import { createObjectStream, type ObjectStream } from "../stream-object.ts";

export interface ChangesFile extends Pick<ObjectStream, "complete" | "abort"> {
  readonly write: (changes: readonly Change[]) => Promise<void>;
}

/** Streams changes into `changes/{uploadId}.ndjson`, a JSON document a line, those of one call in file order. */
export const createChangesFile = (s3: S3Client, bucket: string, uploadId: string): ChangesFile => {
  const object = createObjectStream(s3, {
    bucket,
    key: changesKey(uploadId),
    contentType: "application/x-ndjson",
  });
  return {
    complete: object.complete,
    abort: object.abort,
    write: async (changes) => {
      if (changes.length === 0) return;
      const inOrder = changes.toSorted((a, b) => a.line - b.line);
      await object.write(`${inOrder.map((change) => JSON.stringify(change)).join("\n")}\n`);
    },
  };
};
