import type { UploadKind } from "./receipt.ts";
import type { BucketName } from "./topology.ts";

/** How files of one kind lie in S3. */
export interface UploadKindDeclaration {
  readonly bucket: BucketName;
  readonly contentType: string;
  /** What the keys of files sent through the API begin with. */
  readonly keyPrefix: string;
  /** Key of the object that holds a file sent through the API. */
  readonly objectKey: (uploadId: string) => string;
  /** The upload id in a key that `objectKey` made; undefined for every other key. */
  readonly uploadIdOf: (key: string) => string | undefined;
}

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const keysLike = (
  prefix: string,
  suffix: string,
): Pick<UploadKindDeclaration, "keyPrefix" | "objectKey" | "uploadIdOf"> => ({
  keyPrefix: prefix,
  objectKey: (uploadId) => prefix + uploadId + suffix,
  uploadIdOf: (key) => {
    if (!key.startsWith(prefix) || !key.endsWith(suffix)) return undefined;
    const id = key.slice(prefix.length, -suffix.length);
    return UUID_V7.test(id) ? id : undefined;
  },
});

export const uploadKinds: Readonly<Record<UploadKind, UploadKindDeclaration>> = {
  inventory: { bucket: "inventory", contentType: "text/csv", ...keysLike("inventory/", ".csv") },
  invoice: { bucket: "invoice-txt-src", contentType: "text/plain", ...keysLike("invoices/", ".txt") },
};
