import { PassThrough } from "node:stream";
import type { S3Client } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";

/** An object that is written as its content is found; nothing is stored where nothing is written. */
export interface ObjectStream {
  readonly isOpen: () => boolean;
  /** Resolves when more may come. */
  readonly write: (text: string) => Promise<void>;
  /** Makes the object, if anything was written. */
  readonly complete: () => Promise<void>;
  /** Leaves nothing behind. */
  readonly abort: () => Promise<void>;
}

/** The least that S3 takes: each part is garbage of twice its size until V8 collects it. 10,000 of them are 50 GiB. */
const PART_BYTES = 5 * 1024 * 1024;

export const createObjectStream = (
  s3: S3Client,
  target: { readonly bucket: string; readonly key: string; readonly contentType: string },
): ObjectStream => {
  let open: { stream: PassThrough; upload: Upload; done: Promise<unknown> } | undefined;

  const start = () => {
    const stream = new PassThrough();
    const upload = new Upload({
      client: s3,
      params: {
        Bucket: target.bucket,
        Key: target.key,
        Body: stream,
        ContentType: target.contentType,
        ChecksumAlgorithm: "CRC64NVME",
      },
      partSize: PART_BYTES,
      queueSize: 1,
    });
    const done = upload.done();
    // Whoever writes meets the failure through the destroyed stream; whoever completes, through `done`.
    done.catch((error: Error) => stream.destroy(error));
    stream.on("error", () => undefined);
    return { stream, upload, done };
  };

  return {
    isOpen: () => open !== undefined,
    write: (text) => {
      open ??= start();
      const { stream } = open;
      return new Promise((resolve, reject) =>
        stream.write(text, (error) => (error ? reject(error) : resolve())),
      );
    },
    complete: async () => {
      open?.stream.end();
      await open?.done;
    },
    abort: async () => {
      if (open === undefined) return;
      await open.upload.abort();
      open.stream.destroy();
      // It rejects because it was aborted; whoever aborts has the failure that matters.
      await open.done.catch(() => undefined);
    },
  };
};
