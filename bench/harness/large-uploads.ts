import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { DeleteObjectCommand } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { uploadKinds } from "@stockwire/contracts/upload-kinds";
import { atOnce } from "./at-once.ts";
import { forgetPeak, memoryOf } from "./processes.ts";
import {
  BUCKET,
  requireObject,
  type Stored,
  type UploadParts,
  type UploadSample,
  watched,
} from "./upload-ways.ts";

/** A part of a multipart upload: the same as upload-api's. */
const PART_BYTES = 8 * 1024 * 1024;

/** Random blocks of which no two are alike, never held as a whole. */
const streamOf = (bytes: number): Readable => {
  const block = randomBytes(65_536);
  return Readable.from(
    (function* () {
      for (let sent = 0; sent < bytes; sent += block.length) {
        const piece = Buffer.from(block.subarray(0, Math.min(block.length, bytes - sent)));
        piece.write(String(sent));
        yield piece;
      }
    })(),
    { objectMode: false, highWaterMark: 1024 * 1024 },
  );
};

/** `width` files of `bytes` at once. The objects are removed again: they lie in the emulator's memory. */
export const largeWays = ({ s3, sender, apiPid, processes }: UploadParts, bytes: number, width: number) => {
  const measure = async (
    send: (number: number, bytes: number) => Promise<Stored>,
    round: number,
  ): Promise<UploadSample> => {
    const size = round < 0 ? Math.ceil(bytes / 4) : bytes;
    const stored: Stored[] = [];
    await forgetPeak(apiPid);
    const { perSecond, cpu } = await watched(processes, width, () =>
      atOnce(width, width, async (number) => {
        stored.push(await send(number, size));
      }),
    );
    const { peak } = await memoryOf(apiPid);
    for (const each of stored) {
      await requireObject(s3, each);
      await s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: each.key }));
    }
    return { perSecond: perSecond * size, cpu, peak };
  };
  return {
    api: (round: number) =>
      measure(async (_number, size) => {
        const accepted = await sender.send({ stream: streamOf(size), bytes: size });
        if (accepted.bytes !== size)
          throw new Error(`${accepted.uploadId} has ${accepted.bytes} of ${size} bytes`);
        const { uploadId, sha256 } = accepted;
        return { key: uploadKinds.inventory.objectKey(uploadId), bytes: size, sha256 };
      }, round),
    direct: (round: number) =>
      measure(async (number, size) => {
        const Key = `direct/large-${width}-${round}-${number}.csv`;
        const params = { Bucket: BUCKET, Key, Body: streamOf(size) };
        await new Upload({ client: s3, params, partSize: PART_BYTES }).done();
        return { key: Key, bytes: size };
      }, round),
  };
};
