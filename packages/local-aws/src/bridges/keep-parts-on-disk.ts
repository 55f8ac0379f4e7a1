import { createHash } from "node:crypto";
import { closeSync, openSync, readSync, writeSync } from "node:fs";
import { join } from "node:path";
import { objectFile } from "./serve-from-disk.ts";

interface Part {
  readonly partNumber: number;
  readonly etag: string;
  body: Uint8Array;
}

interface MultipartUpload {
  readonly uploadId: string;
  readonly bucket: string;
  readonly key: string;
  readonly contentType: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly parts: ReadonlyMap<number, Part>;
}

interface Wanted {
  readonly partNumber: number;
  readonly etag: string;
}

/** The part of fauxqs's store of objects that is used here. */
interface ObjectStore {
  /** Absent: everything is kept in memory. */
  readonly persistence?: {
    readonly baseDir: string;
    readonly multipartDir: string;
    upsertObject: (bucket: string, object: unknown) => void;
    deleteMultipartUpload: (uploadId: string) => void;
  };
  readonly buckets: ReadonlyMap<string, Map<string, unknown>>;
  readonly multipartUploads: Map<string, MultipartUpload>;
  readonly multipartUploadsByBucket: ReadonlyMap<string, Set<string>>;
  uploadPart: (uploadId: string, number: number, body: Buffer, checksum?: string) => unknown;
  restoreMultipartUpload: (upload: MultipartUpload) => void;
  completeMultipartUpload: (uploadId: string, wanted: readonly Wanted[]) => unknown;
}

const SMALLEST_PART = 5 * 1024 * 1024;
const COPIED_AT_ONCE = 8 * 1024 * 1024;

/**
 * Keeps the parts of multipart uploads on disk alone, and puts the object together there. fauxqs holds every part in
 * memory beside its file, then all of them joined, which it cannot write from 2 GiB on.
 */
export const keepPartsOnDisk = async (): Promise<void> => {
  const store = new URL("./s3/s3Store.js", import.meta.resolve("fauxqs"));
  const { S3Store } = (await import(store.href)) as { S3Store: { readonly prototype: ObjectStore } };
  const { prototype } = S3Store;
  if (corrected.has(prototype)) return;
  corrected.add(prototype);
  const { uploadPart, restoreMultipartUpload, completeMultipartUpload } = prototype;
  prototype.uploadPart = function (uploadId, number, body, checksum) {
    const answer = uploadPart.call(this, uploadId, number, body, checksum);
    const part = this.multipartUploads.get(uploadId)?.parts.get(number);
    if (this.persistence && part) part.body = bytesElsewhere(body.length);
    return answer;
  };
  // Called at the start, for what the disk has.
  prototype.restoreMultipartUpload = function (upload) {
    for (const part of upload.parts.values()) part.body = bytesElsewhere(part.body.length);
    restoreMultipartUpload.call(this, upload);
  };
  prototype.completeMultipartUpload = function (uploadId, wanted) {
    const upload = this.multipartUploads.get(uploadId);
    const parts = upload && partsOf(upload, wanted);
    // It knows what to say of parts that do not fit.
    if (!this.persistence || !parts) return completeMultipartUpload.call(this, uploadId, wanted);
    return assemble(this, upload, parts);
  };
};

/** Several clouds of one process share the class. */
const corrected = new WeakSet<ObjectStore>();

/** Nothing, as long as what is meant. */
const bytesElsewhere = (length: number): Uint8Array =>
  Object.defineProperty(new Uint8Array(0), "length", { value: length });

/** Undefined where they cannot be joined. */
const partsOf = ({ parts }: MultipartUpload, wanted: readonly Wanted[]): Part[] | undefined => {
  const found = wanted.flatMap(({ partNumber, etag }) => {
    const part = parts.get(partNumber);
    return part !== undefined && bare(part.etag) === bare(etag) ? [part] : [];
  });
  const isWhole =
    found.length === wanted.length &&
    found.every((part, index) => part.partNumber > (found[index - 1]?.partNumber ?? 0)) &&
    found.slice(0, -1).every(({ body }) => body.length >= SMALLEST_PART);
  return isWhole && found.length > 0 ? found : undefined;
};

const bare = (etag: string): string => etag.replaceAll('"', "");

const assemble = (store: ObjectStore, upload: MultipartUpload, parts: readonly Part[]): unknown => {
  const { uploadId, bucket, key } = upload;
  const persistence = store.persistence as NonNullable<ObjectStore["persistence"]>;
  const object = { ...describe(upload, parts), body: Buffer.alloc(0) };
  // The description first: a file that is shorter than it says is what a kill tore, and set aside at the next start.
  persistence.upsertObject(bucket, object);
  const folder = join(persistence.multipartDir, uploadId, "parts");
  joinFiles(
    parts.map(({ partNumber }) => join(folder, `${partNumber}.data`)),
    `${objectFile(persistence.baseDir, bucket, key)}.data`,
  );
  persistence.deleteMultipartUpload(uploadId);
  store.buckets.get(bucket)?.set(key, object);
  store.multipartUploads.delete(uploadId);
  store.multipartUploadsByBucket.get(bucket)?.delete(uploadId);
  return object;
};

const describe = ({ parts: _, uploadId: __, ...upload }: MultipartUpload, parts: readonly Part[]) => {
  let offset = 0;
  const boundaries = parts.map(({ partNumber, body: { length } }) => {
    offset += length;
    return { partNumber, offset: offset - length, length };
  });
  const digests = Buffer.concat(parts.map(({ etag }) => Buffer.from(bare(etag), "hex")));
  return {
    ...upload,
    contentLength: offset,
    etag: `"${createHash("md5").update(digests).digest("hex")}-${parts.length}"`,
    lastModified: new Date(),
    parts: boundaries,
  };
};

/** In one go, so that nobody finds half of it. */
const joinFiles = (from: readonly string[], to: string): void => {
  const buffer = Buffer.allocUnsafe(COPIED_AT_ONCE);
  const target = openSync(to, "w");
  try {
    for (const file of from) {
      const source = openSync(file, "r");
      try {
        for (let read = readSync(source, buffer); read > 0; read = readSync(source, buffer)) {
          for (let written = 0; written < read; )
            written += writeSync(target, buffer, written, read - written);
        }
      } finally {
        closeSync(source);
      }
    }
  } finally {
    closeSync(target);
  }
};
