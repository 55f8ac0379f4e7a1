import { UploadPartCommand } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import type { PendingUploadItem } from "@stockwire/contracts/items";
import type { ApiContext } from "../context.ts";
import type { PlannedPart } from "./part-plan.ts";
import { placeOf } from "./place.ts";

interface SignedPart extends PlannedPart {
  readonly url: string;
}

export interface SignedParts {
  /** ISO 8601. */
  readonly urlsExpireAt: string;
  readonly parts: readonly SignedPart[];
}

/**
 * Addresses to which each part can be PUT. Host and content-length are signed, so S3 refuses a part of another length;
 * nothing else is, since a browser sets the length by itself and could not set much more. An address ends with the
 * credentials that signed it, however long it was meant to work.
 */
export const signParts = async (
  item: PendingUploadItem,
  parts: readonly PlannedPart[],
  context: ApiContext,
): Promise<SignedParts> => {
  const { urlSigner, presigned } = context;
  const place = placeOf(item, context);
  const expiresIn = presigned.urlSeconds;
  const signingDate = new Date();
  const { expiration } = await urlSigner.config.credentials();
  const signed = parts.map(async ({ partNumber, bytes }) => {
    const command = new UploadPartCommand({
      ...place,
      UploadId: item.S3UploadId,
      PartNumber: partNumber,
      ContentLength: bytes,
    });
    const url = await getSignedUrl(urlSigner, command, { expiresIn, signingDate });
    return { partNumber, bytes, url };
  });
  const ends = signingDate.getTime() + expiresIn * 1000;
  return {
    urlsExpireAt: new Date(Math.min(ends, expiration?.getTime() ?? ends)).toISOString(),
    parts: await Promise.all(signed),
  };
};
