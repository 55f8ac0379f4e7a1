import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";

/** Where an object is to be made, and what it is to carry. */
export interface ObjectTarget {
  readonly bucket: string;
  readonly key: string;
  readonly contentType: string;
  readonly metadata: Record<string, string>;
}

/** What S3 says about an object that it made. */
export interface StoredObject {
  readonly etag: string | undefined;
  /** Absent where the bucket keeps no versions. */
  readonly versionId: string | undefined;
}

/** What an upload holds in memory: so many parts on their way, and one that is filled meanwhile. */
export interface PartLimits {
  /** S3 wants at least 5 MiB for every part but the last, and takes 10,000. */
  readonly partBytes: number;
  /** With 1 nothing is filled meanwhile: one part in all. */
  readonly inFlight: number;
}

/** An uncompleted S3 multipart upload: it holds a large file's bytes without there being an object. */
export interface PartsUpload {
  /** Copies it. Resolves as soon as more may come: never more parts are on their way than the limit says. */
  readonly write: (chunk: Buffer) => Promise<void>;
  /** Resolves once S3 has every byte. */
  readonly end: () => Promise<void>;
  /** Makes the object. */
  readonly complete: () => Promise<StoredObject>;
  /** Stops what is on its way and has S3 forget the rest. */
  readonly abort: () => Promise<void>;
}

/**
 * Fills part buffers in turn and uses each again once S3 has it, so that memory stays within the limits, however large the
 * object. Once it has ended or was aborted it holds none: it may then wait long for what is stored together with it.
 */
export const openPartsUpload = async (
  s3: S3Client,
  target: ObjectTarget,
  { partBytes, inFlight }: PartLimits,
): Promise<PartsUpload> => {
  const place = { Bucket: target.bucket, Key: target.key };
  const { UploadId } = await s3.send(
    new CreateMultipartUploadCommand({
      ...place,
      ContentType: target.contentType,
      Metadata: target.metadata,
      // Covers the object as a whole. Node has CRC-32 in native code; the SDK's CRC-64/NVME is JavaScript and took
      // 40 % of upload-api's time on a large file.
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
    while (onTheWay.size >= inFlight) await Promise.race(onTheWay);
  };

  const releaseBuffers = (): void => {
    filling = undefined;
    spare.length = 0;
  };

  return {
    write: async (chunk) => {
      for (let taken = 0; taken < chunk.length; ) {
        filling ??= spare.pop() ?? Buffer.allocUnsafeSlow(partBytes);
        const copied = chunk.copy(filling, filled, taken);
        taken += copied;
        filled += copied;
        if (filled === partBytes) await send(filling);
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
