import { LOADS_DAYS } from "@stockwire/contracts/items";
import { compositeKey, dayOf } from "@stockwire/contracts/keys";
import { isFinal, type UploadKind } from "@stockwire/contracts/receipt";
import { type Announcing, announceUpload } from "@stockwire/service-kit/reconcile/announce-upload";
import { createReceiptReader, type KnownUpload } from "@stockwire/service-kit/reconcile/read-receipts";
import { createRecordedDays, uploadsDaysKey } from "@stockwire/service-kit/recorded-days";
import { decodeEvent } from "@stockwire/service-kit/uploads/decode-event";

/** Where receipts are, and the queues that their events go to. */
export interface Receipts extends Omit<Announcing, "queueUrl"> {
  readonly queueUrlOf: (kind: UploadKind) => Promise<string>;
  readonly signal: AbortSignal;
}

/** What is older must not be loaded: the ledger has forgotten what came after it. */
const OLDEST_MILLISECONDS = (LOADS_DAYS - 1) * 86_400_000;

const readerOf = ({ dynamo, uploadsTable, signal }: Receipts) =>
  createReceiptReader(dynamo, uploadsTable, signal);

/**
 * Sends the event of one upload again that has no end, or was given up, from its receipt: its letter may be long gone.
 * @throws Error with a line for the user
 */
export const retryUpload = async (receipts: Receipts, uploadId: string): Promise<void> => {
  const upload = (await readerOf(receipts).getMany([uploadId])).get(uploadId);
  if (upload === undefined) throw new Error(`There is no upload ${uploadId}.`);
  const { Status, ReceivedAt } = upload;
  if (isFinal(Status) && Status !== "failed") {
    throw new Error(`The upload ${uploadId} has ended: ${Status}.`);
  }
  if (Date.parse(ReceivedAt) < Date.now() - OLDEST_MILLISECONDS) {
    throw new Error(
      `The upload ${uploadId} is of ${ReceivedAt}, too old to be loaded in order: send it again.`,
    );
  }
  if (!(await announce(receipts, upload))) {
    throw new Error(`The upload ${uploadId} was announced or has ended just now.`);
  }
};

/** @returns false where somebody else was quicker, or it has ended meanwhile */
const announce = async (receipts: Receipts, upload: KnownUpload): Promise<boolean> =>
  announceUpload({ ...receipts, queueUrl: await receipts.queueUrlOf(upload.Kind) }, upload, [
    "received",
    "loading",
    "failed",
  ]);

const ANY_VERSION = "*";

/** What of an object a letter and a receipt have in common. */
const objectOf = (bucket: string, key: string, versionId = ""): string =>
  compositeKey(bucket, key, versionId);

/** The objects that letters are about; none for those that are no events. */
export const objectsIn = (body: string): readonly string[] => {
  try {
    return decodeEvent(body).flatMap(({ bucket, key, versionId }) => [
      objectOf(bucket, key, versionId),
      objectOf(bucket, key, ANY_VERSION),
    ]);
  } catch {
    return [];
  }
};

/**
 * The uploads that were given up and that no letter is about.
 * @param lettered objects that letters are about
 */
export async function* findFailed(
  receipts: Receipts,
  lettered: ReadonlySet<string>,
): AsyncGenerator<KnownUpload> {
  const reader = readerOf(receipts);
  const now = Date.now();
  const [from, to] = [now - OLDEST_MILLISECONDS, now].map((time) => new Date(time).toISOString()) as [
    string,
    string,
  ];
  const days = await createRecordedDays(receipts.dynamo, receipts.uploadsTable, uploadsDaysKey).list();
  for (const day of days.filter((one) => one >= dayOf(from) && one <= dayOf(to))) {
    for await (const ids of reader.ofDay(day, [from, `${to}~`], ["failed"])) {
      for (const upload of (await reader.getMany(ids)).values()) {
        const { Bucket, Key, VersionId, Status } = upload;
        // Either may name the object without its version.
        const objects = VersionId === undefined ? [ANY_VERSION] : [VersionId, ""];
        const isLettered = objects.some((version) => lettered.has(objectOf(Bucket, Key, version)));
        if (Status === "failed" && !isLettered) yield upload;
      }
    }
  }
}

/** Sends the events of given-up uploads without letters again. @returns how many */
export const retryFailed = async (receipts: Receipts, lettered: ReadonlySet<string>): Promise<number> => {
  let announced = 0;
  for await (const upload of findFailed(receipts, lettered)) {
    receipts.signal.throwIfAborted();
    if (await announce(receipts, upload)) announced += 1;
  }
  return announced;
};
