import { createHash } from "node:crypto";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { uploadKinds } from "@stockwire/contracts/upload-kinds";
import { readTogether } from "@stockwire/service-kit/read-together";
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
const LOOKS_AT_ONCE = 16;

const digestOf = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

/** 2 KB of CSV that no other file has. */
const smallFile = (name: string): Buffer => {
  const head = `store,item,count\n${name},`;
  return Buffer.from(`${head}${"x".repeat(SMALL_BYTES - head.length - 3)},1\n`);
};

/** Has a front door's process, and what stands behind it, run in. */
export const warmUp = (front: Pick<DoorSender, "send">, files: number, width: number): Promise<void> =>
  atOnce(files, width, (number) => front.send(smallFile(`warm-up-${number}`)));

/** What a file is to have left. */
interface Sent extends Stored {
  readonly sha256: string;
  /** Where there is to be a receipt. */
  readonly uploadId?: string;
}

/** Receipts by upload id. */
const readReceipts = async (
  { dynamo, uploadsTable }: Pick<SmallParts, "dynamo" | "uploadsTable">,
  uploadIds: readonly string[],
): Promise<ReadonlyMap<string, Record<string, unknown>>> => {
  const [found] = await readTogether(dynamo, {
    tableName: uploadsTable,
    keys: uploadIds.map((UploadId) => ({ UploadId })),
    toResult: (items) => new Map(items.map((item) => [String(item.UploadId), item])),
  });
  return found;
};

/**
 * Small files by every way. Each answer is held against what was sent; every object's length and every receipt is looked
 * at when the round is over, and the last object is read back.
 */
export const smallWays = (parts: SmallParts, files: number, width: number) => {
  const { s3, sender, door, processes } = parts;
  let attributes: string | undefined;
  const requireReceipts = async (sent: readonly Sent[]): Promise<void> => {
    const ids = sent.flatMap(({ uploadId }) => uploadId ?? []);
    const receipts = await readReceipts(parts, ids);
    for (const { uploadId, sha256 } of sent) {
      if (uploadId === undefined) continue;
      const receipt = receipts.get(uploadId);
      if (receipt?.Sha256 !== sha256) throw new Error(`${uploadId} has no receipt of what was sent`);
      const names = Object.keys(receipt).sort().join();
      attributes ??= names;
      // The bare front door is none for an API whose receipts hold more than its own.
      if (names !== attributes) throw new Error(`receipts differ: ${names}, and ${attributes}`);
    }
  };
  const measure = async (send: (number: number) => Promise<Sent>): Promise<UploadSample> => {
    const sent: Sent[] = [];
    const sample = await watched(processes, files, () =>
      atOnce(files, width, async (number) => {
        sent.push(await send(number));
      }),
    );
    await atOnce(sent.length, LOOKS_AT_ONCE, async (index) => {
      const { key, bytes } = sent[index] as Sent;
      await requireObject(s3, { key, bytes });
    });
    await requireObject(s3, sent.at(-1) as Sent);
    await requireReceipts(sent);
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
