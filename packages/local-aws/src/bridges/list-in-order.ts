interface ListOptions {
  readonly prefix?: string;
  readonly delimiter?: string;
  readonly maxKeys?: number;
  readonly startAfter?: string;
  readonly marker?: string;
}

/** The part of fauxqs's store of objects that is used here. */
interface ObjectStore {
  readonly buckets: ReadonlyMap<string, ReadonlyMap<string, { readonly key: string }>>;
  listObjects: (this: ObjectStore, bucket: string, options?: ListOptions) => unknown;
}

/**
 * Lists objects in S3's order. fauxqs sorts keys by the rules of a language and pages through them by their code units,
 * so that a list of more than one page leaves keys out or brings them twice. The order here is that of UTF-16 code
 * units; S3's is that of UTF-8 bytes, which differs beyond U+FFFF only.
 */
export const listInOrder = async (): Promise<void> => {
  const store = new URL("./s3/s3Store.js", import.meta.resolve("fauxqs"));
  const { S3Store } = (await import(store.href)) as { S3Store: { readonly prototype: ObjectStore } };
  const { prototype } = S3Store;
  if (corrected.has(prototype)) return;
  corrected.add(prototype);
  const original = prototype.listObjects;
  prototype.listObjects = function (bucket, options = {}) {
    const objects = this.buckets.get(bucket);
    // It answers for a bucket that is not there, and groups by a delimiter, which nothing here pages through.
    if (objects === undefined || options.delimiter) return original.call(this, bucket, options);
    const { prefix = "", maxKeys = 1000, startAfter = options.marker ?? "" } = options;
    const keys = [...objects.keys()].filter((key) => key.startsWith(prefix) && key > startAfter).sort();
    return {
      objects: keys.slice(0, maxKeys).map((key) => objects.get(key)),
      commonPrefixes: [],
      isTruncated: keys.length > maxKeys,
    };
  };
};

/** Several clouds of one process share the class. */
const corrected = new WeakSet<ObjectStore>();
