import { existsSync, readdirSync, readFileSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";

export interface StoredObject {
  readonly bucket: string;
  readonly key: string;
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  /** ISO 8601, milliseconds. */
  readonly lastModified: string;
}

/**
 * Lists the objects that fauxqs keeps under `storageDir`, and sets aside what a kill tore: fauxqs writes a file's
 * data and description one after the other, without a rename, and refuses to start on half a description. What is
 * set aside was never acknowledged to whoever sent it.
 *
 * Listing through S3 would not do: fauxqs sorts by locale and pages by code unit, so a listing of more than one
 * page can miss keys.
 */
export const inspectS3Storage = (storageDir: string, log: (line: string) => void): StoredObject[] => {
  const setAside = (file: string): void => {
    log(`S3 storage: ${file} was cut off by a kill and is set aside.`);
    renameSync(file, `${file}.torn`);
  };
  for (const file of descriptionsIn(join(storageDir, "_multipart"))) {
    if (!readDescription(file)) setAside(file);
  }
  const objects: StoredObject[] = [];
  const bucketsDir = join(storageDir, "buckets");
  for (const bucket of existsSync(bucketsDir) ? readdirSync(bucketsDir) : []) {
    const own = join(bucketsDir, bucket, ".bucket.json");
    if (existsSync(own) && !readDescription(own)) setAside(own);
    for (const file of descriptionsIn(join(bucketsDir, bucket, "objects"))) {
      const description = readDescription(file);
      if (!description || sizeOf(file.replace(/\.meta\.json$/, ".data")) !== description.contentLength) {
        setAside(file);
        continue;
      }
      const { key, contentLength: size, etag, lastModified } = description;
      objects.push({ bucket, key, size, etag: etag.replaceAll('"', ""), lastModified });
    }
  }
  return objects;
};

interface Description {
  readonly key: string;
  readonly contentLength: number;
  readonly etag: string;
  readonly lastModified: string;
}

const descriptionsIn = (directory: string): string[] =>
  existsSync(directory)
    ? readdirSync(directory, { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".meta.json") || name.endsWith(".upload.json"))
        .map((name) => join(directory, name))
    : [];

const readDescription = (file: string): Description | undefined => {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Description;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
};

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? -1;
