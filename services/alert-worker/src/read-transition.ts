import { compositeKey, parseUploadVersion } from "@stockwire/contracts/keys";
import { type AlertKind, alertMessage, type StoredLevel, transitionOf } from "@stockwire/contracts/level";
import { InventoryStreamRecord } from "@stockwire/contracts/stream-record";
import { permanent } from "@stockwire/service-kit/errors";
import { parseBody } from "@stockwire/service-kit/queue-message";
import { Compile } from "typebox/compile";

/** One piece of news about one item. `storeItem` and `version` identify it, however often it is delivered. */
export interface Transition {
  /** Store + U+001F + item. */
  readonly storeItem: string;
  readonly version: string;
  readonly uploadId: string;
  /** When the file that caused it was accepted; ISO 8601. */
  readonly receivedAt: string;
  readonly store: string;
  readonly item: string;
  readonly kind: AlertKind;
  readonly count: number;
  /** Undefined for an item that was not there before. */
  readonly previous: number | undefined;
  readonly message: string;
  /** When the row was written; ISO 8601. */
  readonly at: string;
}

const validator = Compile(InventoryStreamRecord);

type Image = InventoryStreamRecord["dynamodb"]["NewImage"];

/**
 * What a message of the queue `alert` means for staff; undefined where it means nothing.
 * Throws a permanent WorkError `undecodable` on anything but an inventory stream record.
 */
export const readTransition = (body: string): Transition | undefined => {
  const record = parseBody(body);
  if (!validator.Check(record)) {
    const [first] = validator.Errors(record);
    throw permanent(
      "undecodable",
      `not an inventory stream record: ${first?.instancePath} ${first?.message}`.trim(),
    );
  }
  const { NewImage, OldImage } = record.dynamodb;
  const current = stockOf(NewImage);
  const previous = OldImage && stockOf(OldImage);
  const kind = transitionOf(previous, current);
  if (kind === undefined) return undefined;
  const store = NewImage.Store.S;
  const item = NewImage.Item.S;
  return {
    storeItem: compositeKey(store, item),
    version: NewImage.Version.S,
    uploadId: NewImage.UploadId.S,
    receivedAt: receivedAtOf(NewImage),
    store,
    item,
    kind,
    count: current.count,
    previous: previous?.level === "retired" && kind === "out" ? undefined : previous?.count,
    message: alertMessage(kind, store, item, current.count),
    at: NewImage.UpdatedAt.S,
  };
};

/** DynamoDB writes numbers as text. */
const stockOf = (image: Image): { count: number; level: StoredLevel } => {
  const count = Number(image.Count.N);
  if (!Number.isSafeInteger(count)) throw permanent("undecodable", `not a count: ${image.Count.N}`);
  return { count, level: image.Level.S };
};

/** An undoing's version has the time of the load that it undoes, so there the time of the write stands in. */
const receivedAtOf = ({ Version, UpdatedAt }: Image): string => {
  try {
    const { receivedAt, isUndo } = parseUploadVersion(Version.S);
    if (isUndo) return UpdatedAt.S;
    if (!Number.isNaN(Date.parse(receivedAt))) return receivedAt;
  } catch (error) {
    throw permanent("undecodable", "the row's Version is not an upload version", error);
  }
  throw permanent("undecodable", "the row's Version does not start with a time");
};
