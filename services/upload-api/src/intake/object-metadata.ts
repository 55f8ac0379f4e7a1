import { encodeUploadMetadata, type UploadMetadata } from "@stockwire/contracts/object-metadata";
import { cutCharacters } from "../clean-filename.ts";
import { METADATA_BYTES } from "./limits.ts";

const sizeOf = (metadata: Readonly<Record<string, string>>): number =>
  Object.entries(metadata).reduce((sum, [name, value]) => sum + name.length + value.length, 0);

/** What an encoded character takes at most: four bytes as `%XX`. */
const MAX_ENCODED = 12;

/**
 * S3 user metadata of an upload. Percent-encoded names in some scripts outgrow S3's limit; the file name then gives
 * way, as it only matters to a worker that comes before the receipt, which has it whole.
 */
export const objectMetadata = (metadata: UploadMetadata): Record<string, string> => {
  const whole = encodeUploadMetadata(metadata);
  if (sizeOf(whole) <= METADATA_BYTES) return whole;
  const room = METADATA_BYTES - sizeOf(encodeUploadMetadata({ ...metadata, filename: "" }));
  return encodeUploadMetadata({
    ...metadata,
    filename: cutCharacters(metadata.filename, Math.floor(room / MAX_ENCODED)),
  });
};
