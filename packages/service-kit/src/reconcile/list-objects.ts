import {
  GetBucketVersioningCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type S3Client,
} from "@aws-sdk/client-s3";

/** One object, or one version of it where the bucket keeps them. */
export interface ListedObject {
  readonly key: string;
  /** Without quotes. */
  readonly etag: string;
  readonly versionId?: string;
  /** ISO 8601. S3 tells whole seconds. */
  readonly lastModified: string;
}

export interface Listing {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly prefix: string;
  /** Keys behind this one; empty: all. */
  readonly after: string;
  readonly signal: AbortSignal;
}

/**
 * A bucket's objects in the order of their keys, a page of up to 1,000 at a time: memory does not grow with the bucket.
 * Where versions are kept, each version comes by itself: a drop's upload id is made of it, and one that was overwritten
 * before it was loaded is an upload all the same.
 */
export async function* listObjects(listing: Listing): AsyncGenerator<readonly ListedObject[]> {
  const { s3, bucket: Bucket, signal } = listing;
  const { Status } = await s3.send(new GetBucketVersioningCommand({ Bucket }), { abortSignal: signal });
  // Asked for versions, an endpoint that keeps none may answer with an empty list.
  yield* Status === "Enabled" ? listVersions(listing) : listCurrent(listing);
}

async function* listCurrent({
  s3,
  bucket,
  prefix,
  after,
  signal,
}: Listing): AsyncGenerator<readonly ListedObject[]> {
  for (let token: string | undefined, first = true; first || token !== undefined; first = false) {
    const page = await s3.send(
      new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: prefix,
        ...(token === undefined ? after !== "" && { StartAfter: after } : { ContinuationToken: token }),
      }),
      { abortSignal: signal },
    );
    yield (page.Contents ?? []).map(describe);
    token = page.IsTruncated ? page.NextContinuationToken : undefined;
  }
}

async function* listVersions({
  s3,
  bucket,
  prefix,
  after,
  signal,
}: Listing): AsyncGenerator<readonly ListedObject[]> {
  let marker: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } | undefined =
    after === "" ? {} : { KeyMarker: after };
  while (marker !== undefined) {
    const page: Awaited<ReturnType<typeof listVersionsPage>> = await listVersionsPage(
      s3,
      { Bucket: bucket, Prefix: prefix, ...marker },
      signal,
    );
    yield (page.Versions ?? []).map((version) => ({
      ...describe(version),
      ...(version.VersionId !== undefined && { versionId: version.VersionId }),
    }));
    marker = page.IsTruncated
      ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker }
      : undefined;
  }
}

const listVersionsPage = (
  s3: S3Client,
  input: {
    readonly Bucket: string;
    readonly Prefix: string;
    readonly KeyMarker?: string | undefined;
    readonly VersionIdMarker?: string | undefined;
  },
  abortSignal: AbortSignal,
) => s3.send(new ListObjectVersionsCommand(input), { abortSignal });

const describe = ({
  Key = "",
  ETag = "",
  LastModified,
}: {
  Key?: string | undefined;
  ETag?: string | undefined;
  LastModified?: Date | undefined;
}): ListedObject => ({
  key: Key,
  etag: ETag.replaceAll('"', ""),
  lastModified: (LastModified ?? new Date(0)).toISOString(),
});
