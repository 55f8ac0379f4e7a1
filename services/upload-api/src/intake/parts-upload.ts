import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { PART_BYTES, PARTS_IN_FLIGHT } from "./limits.ts";
import type { ObjectTarget, StoredObject } from "./stored-object.ts";

/** An uncompleted S3 multipart upload: it holds a large file's bytes without there being an object. */
export interface PartsUpload {
  /** Resolves as soon as more may come: never more than two parts are on their way. */
  readonly write: (chunk: Buffer) => Promise<void>;
  /** Resolves once S3 has every byte. */
  readonly end: () => Promise<void>;
  /** Makes the object. */
  readonly complete: () => Promise<StoredObject>;
  /** Stops what is on its way and has S3 forget the rest. */
  readonly abort: () => Promise<void>;
}

/**
 * Fills part buffers in turn and uses each again once S3 has it, so that memory stays at three parts, one filling and
 * two on their way, however large the file. Once it has ended or was aborted it holds none: it may then wait long for
 * the other files of its request.
 */
export const openPartsUpload = async (s3: S3Client, target: ObjectTarget): Promise<PartsUpload> => {
  const place = { Bucket: target.bucket, Key: target.key };
  const { UploadId } = await s3.send(
    new CreateMultipartUploadCommand({
      ...place,
      ContentType: target.contentType,
      Metadata: target.metadata,
      // Covers the object as a whole. Node has CRC-32 in native code; the SDK's CRC-64/NVME is JavaScript and took
      // 40 % of this process's time on a large file.
      ChecksumAlgorithm: "CRC32",
      ChecksumType: "FULL_OBJECT",
    }),
  );
  const stopped = new AbortController();
  const spare: Buffer<ArrayBuffer>[] = [];
  const onTheWay = new Set<Promise<void>>();
  const parts: CompletedPart[] = [];
  let filling: Buffer<ArrayBuffer> | undefined;
  let filled = 0;
  let partNumber = 0;

  const uploadPart = async (
    buffer: Buffer<ArrayBuffer>,
    bytes: number,
    PartNumber: number,
  ): Promise<void> => {
    const { ETag, ChecksumCRC32 } = await s3.send(
      new UploadPartCommand({
        ...place,
        UploadId,
        PartNumber,
        Body: buffer.subarray(0, bytes),
        ChecksumAlgorithm: "CRC32",
      }),
      { abortSignal: stopped.signal },
    );
    parts.push({ PartNumber, ETag, ChecksumCRC32 });
    spare.push(buffer);
  };

  const send = async (buffer: Buffer<ArrayBuffer>): Promise<void> => {
    partNumber += 1;
    const task = uploadPart(buffer, filled, partNumber);
    onTheWay.add(task);
    // Only keeps Node from calling it unhandled: whoever waits for the part below gets the failure.
    task.then(
      () => onTheWay.delete(task),
      () => {},
    );
    filled = 0;
    filling = undefined;
    while (onTheWay.size >= PARTS_IN_FLIGHT) await Promise.race(onTheWay);
  };

  const releaseBuffers = (): void => {
    filling = undefined;
    spare.length = 0;
  };

  return {
    write: async (chunk) => {
      for (let taken = 0; taken < chunk.length; ) {
        filling ??= spare.pop() ?? Buffer.allocUnsafeSlow(PART_BYTES);
        const copied = chunk.copy(filling, filled, taken);
        taken += copied;
        filled += copied;
        if (filled === PART_BYTES) await send(filling);
      }
    },
    end: async () => {
      if (filling !== undefined) await send(filling);
      await Promise.all(onTheWay);
      releaseBuffers();
    },
    complete: async () => {
      const Parts = parts.sort((a, b) => (a.PartNumber ?? 0) - (b.PartNumber ?? 0));
      const { ETag, VersionId } = await s3.send(
        new CompleteMultipartUploadCommand({ ...place, UploadId, MultipartUpload: { Parts } }),
      );
      return { etag: ETag, versionId: VersionId };
    },
    abort: async () => {
      stopped.abort();
      await Promise.allSettled(onTheWay);
      releaseBuffers();
      await s3.send(new AbortMultipartUploadCommand({ ...place, UploadId }));
    },
  };
};
