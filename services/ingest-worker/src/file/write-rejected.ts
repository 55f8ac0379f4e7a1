import { PassThrough } from "node:stream";
import type { S3Client } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { rejectedRowsKey } from "@stockwire/contracts/keys";
import { stringify } from "csv-stringify/sync";
import type { RefusedRowSink } from "./inspect-file.ts";

export interface RejectedRowsFile {
  readonly write: RefusedRowSink;
  /** Completes the object, if there is one. */
  readonly complete: () => Promise<void>;
  /** Leaves nothing behind. */
  readonly abort: () => Promise<void>;
}

const PART_BYTES = 8 * 1024 * 1024;

/**
 * Streams the refused rows into `rejected/{uploadId}.csv`: line, column, code, message, then the cells as sent
 * under their own header, so that the file can be corrected and sent again (further columns are ignored). Nothing
 * is stored where no row is refused. The same file gives the same bytes, so a repeat overwrites alike.
 */
export const createRejectedRowsFile = (s3: S3Client, bucket: string, uploadId: string): RejectedRowsFile => {
  let open: { stream: PassThrough; upload: Upload; done: Promise<unknown> } | undefined;

  const start = () => {
    const stream = new PassThrough();
    const upload = new Upload({
      client: s3,
      params: {
        Bucket: bucket,
        Key: rejectedRowsKey(uploadId),
        Body: stream,
        ContentType: "text/csv; charset=utf-8",
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

  const send = (stream: PassThrough, text: string): Promise<void> =>
    new Promise((resolve, reject) => stream.write(text, (error) => (error ? reject(error) : resolve())));

  return {
    write: async (header, refused) => {
      if (open === undefined) {
        open = start();
        await send(open.stream, stringify([["line", "column", "code", "message", ...header.cells]]));
      }
      const lines = refused.map(({ rejected, cells }) => [
        rejected.line,
        rejected.column ?? "",
        rejected.code,
        rejected.message,
        ...cells,
      ]);
      await send(open.stream, stringify(lines));
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
