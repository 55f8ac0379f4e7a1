import { createHash } from "node:crypto";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { type DynamoDBDocumentClient, GetCommand } from "@aws-sdk/lib-dynamodb";
import { uploadKinds } from "@stockwire/contracts/upload-kinds";
import { atOnce } from "./at-once.ts";
import type { DoorSender } from "./send-file.ts";
import {
  BUCKET,
  requireObject,
  type Stored,
  type UploadParts,
  type UploadSample,
  type UploadWay,
  watched,
} from "./upload-ways.ts";

export interface SmallParts extends Omit<UploadParts, "apiPid"> {
  readonly door: DoorSender;
  readonly dynamo: DynamoDBDocumentClient;
  readonly uploadsTable: string;
}

const SMALL_BYTES = 2_048;

const digestOf = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

/** 2 KB of CSV that no other file has. */
const smallFile = (name: string): Buffer => {
  const head = `store,item,count\n${name},`;
  return Buffer.from(`${head}${"x".repeat(SMALL_BYTES - head.length - 3)},1\n`);
};

/** Has a front door's process, and what stands behind it, run in. */
export const warmUp = (front: Pick<DoorSender, "send">, files: number, width: number): Promise<void> =>
  atOnce(files, width, (number) => front.send(smallFile(`warm-up-${number}`)));

/** @returns the names of its attributes @throws Error where it is not there, or about something else than was sent */
const requireReceipt = async (
  { dynamo, uploadsTable }: Pick<SmallParts, "dynamo" | "uploadsTable">,
  UploadId: string,
  sha256: string,
): Promise<string> => {
  const { Item } = await dynamo.send(
    new GetCommand({ TableName: uploadsTable, Key: { UploadId }, ConsistentRead: true }),
  );
  if (Item?.Sha256 !== sha256) throw new Error(`${UploadId} has no receipt of what was sent`);
  return Object.keys(Item).sort().join();
};

/** What a round left last, for a look at it. */
interface Sent extends Stored {
  readonly sha256: string;
  /** Where there is to be a receipt. */
  readonly uploadId?: string;
}

/**
 * Small files by every way. Each answer is held against what was sent; of the objects and of the receipts the last is
 * read back.
 */
export const smallWays = (parts: SmallParts, files: number, width: number) => {
  const { s3, sender, door, processes } = parts;
  let attributes: string | undefined;
  const requireSent = async ({ uploadId, ...object }: Sent): Promise<void> => {
    await requireObject(s3, object);
    if (uploadId === undefined) return;
    const found = await requireReceipt(parts, uploadId, object.sha256);
    attributes ??= found;
    // The bare front door is no bound for an API whose receipts hold more than its own.
    if (found !== attributes) throw new Error(`receipts differ: ${found}, and ${attributes}`);
  };
  const measure = async (send: (number: number) => Promise<Sent>): Promise<UploadSample> => {
    let last: Sent | undefined;
    const sample = await watched(processes, files, () =>
      atOnce(files, width, async (number) => {
        last = await send(number);
      }),
    );
    if (last !== undefined) await requireSent(last);
    return { ...sample, peak: 0 };
  };
  const through =
    (front: Pick<DoorSender, "send">): UploadWay =>
    (round) =>
      measure(async (number) => {
        const body = smallFile(`${width}-${round}-${number}`);
        const { uploadId, sha256 } = await front.send(body);
        if (sha256 !== digestOf(body)) throw new Error(`${uploadId} is not what was sent`);
        return { key: uploadKinds.inventory.objectKey(uploadId), bytes: SMALL_BYTES, sha256, uploadId };
      });
  const direct: UploadWay = (round) =>
    measure(async (number) => {
      const Body = smallFile(`${width}-${round}-${number}`);
      const sha256 = digestOf(Body);
      const Key = `direct/${width}-${round}-${number}.csv`;
      await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body, Metadata: { sha256 } }));
      return { key: Key, bytes: SMALL_BYTES, sha256 };
    });
  return { api: through(sender), door: through(door), direct };
};
