import { UploadPartCommand } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { uploadKinds } from "@stockwire/contracts/upload-kinds";
import type { ApiContext } from "../context.ts";
import type { SignIn } from "./sign-in.ts";

/** What the page may load and whom it may ask: its own files, S3 for big files, Cognito where people sign in. */
export const contentSecurityPolicy = (partOrigins: readonly string[], signIn: SignIn | null): string => {
  const others = [...partOrigins, ...(signIn ? [signIn.domain, signIn.issuer] : [])].map(
    (address) => new URL(address).origin,
  );
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src ${["'self'", ...new Set(others)].join(" ")}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
};

/**
 * Origins to which parts of presigned uploads go, as the SDK makes them: of the path or of the host's name, and of the
 * region. Asked of the signer itself, so that the page may send where its addresses lead and nowhere else.
 */
export const partOriginsOf = async ({
  urlSigner,
  resources,
}: Pick<ApiContext, "urlSigner" | "resources">): Promise<string[]> => {
  const buckets = new Set(Object.values(uploadKinds).map(({ bucket }) => resources.buckets[bucket]));
  const addresses = [...buckets].map((Bucket) => {
    const command = new UploadPartCommand({
      Bucket,
      Key: "part",
      UploadId: "upload",
      PartNumber: 1,
      ChecksumAlgorithm: "CRC64NVME",
    });
    return getSignedUrl(urlSigner, command);
  });
  return (await Promise.all(addresses)).map((address) => new URL(address).origin);
};
