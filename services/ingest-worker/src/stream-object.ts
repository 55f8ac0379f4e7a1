import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { freeBytes } from "@stockwire/service-kit/free-bytes";
import {
  type ObjectTarget,
  openPartsUpload,
  type PartsUpload,
} from "@stockwire/service-kit/uploads/parts-upload";

/** An object that is written as its content is found; nothing is stored where nothing is written. */
export interface ObjectStream {
  readonly isOpen: () => boolean;
  /** Resolves when more may come. */
  readonly write: (text: string) => Promise<void>;
  /** Makes the object, if anything was written. */
  readonly complete: () => Promise<void>;
  /** Leaves no object; parts that cannot be taken back then are ended by the bucket's lifecycle rule. Never rejects. */
  readonly abort: () => Promise<void>;
}

/** The least that S3 takes, and one at a time: a list is a small part of what its file takes. 10,000 of them are 50 GiB. */
const PART_LIMITS = { partBytes: 5 * 1024 * 1024, inFlight: 1 } as const;

/** What fits into one part is stored by one request, when it is complete: until then its pieces wait. */
export const createObjectStream = (s3: S3Client, place: Omit<ObjectTarget, "metadata">): ObjectStream => {
  const target = { ...place, metadata: {} };
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  let parts: PartsUpload | undefined;

  const openParts = async (): Promise<PartsUpload> => {
    parts = await openPartsUpload(s3, target, PART_LIMITS);
    for (const early of waiting) await writePart(parts, early);
    waiting = [];
    return parts;
  };
  const writePart = async (to: PartsUpload, bytes: Buffer): Promise<void> => {
    await to.write(bytes);
    freeBytes(bytes);
  };

  return {
    isOpen: () => parts !== undefined || waitingBytes > 0,
    write: async (text) => {
      if (text === "") return;
      const bytes = Buffer.from(text);
      if (parts !== undefined || waitingBytes + bytes.length > PART_LIMITS.partBytes) {
        await writePart(parts ?? (await openParts()), bytes);
        return;
      }
      waiting.push(bytes);
      waitingBytes += bytes.length;
    },
    complete: async () => {
      await parts?.end();
      await parts?.complete();
      if (waiting.length === 0) return;
      await s3.send(
        new PutObjectCommand({
          Bucket: target.bucket,
          Key: target.key,
          Body: Buffer.concat(waiting),
          ContentType: target.contentType,
          ChecksumAlgorithm: "CRC32",
        }),
      );
    },
    // Whoever aborts has the failure that matters.
    abort: async () => parts?.abort().catch(() => undefined),
  };
};
