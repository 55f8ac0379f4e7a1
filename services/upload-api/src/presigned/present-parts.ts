import { ListPartsCommand, NoSuchUpload, S3ServiceException } from "@aws-sdk/client-s3";
import type { PendingUploadItem } from "@stockwire/contracts/items";
import type { ApiContext } from "../context.ts";
import { uploadExpired } from "../errors/api-error.ts";
import { type PlannedPart, planParts } from "./part-plan.ts";
import { placeOf } from "./place.ts";

/** A part that is there. */
export interface PresentPart {
  readonly partNumber: number;
  readonly etag: string;
  /** Undefined where only the sender's word says that it is there. */
  readonly bytes: number | undefined;
}

/**
 * Which parts are there, by number: as S3 lists them, or, where the endpoint lists no parts, as the sender reported them.
 * @throws upload_expired when S3 does not know the upload any more
 */
export const presentParts = async (item: PendingUploadItem, context: ApiContext): Promise<PresentPart[]> => {
  const listed = await listParts(item, context);
  if (listed !== undefined) return listed;
  return planParts(item.Bytes, item.PartBytes).flatMap(({ partNumber }) => {
    const etag = item.Parts[partNumber];
    return etag === undefined ? [] : [{ partNumber, etag, bytes: undefined }];
  });
};

/** The parts that are not there, or not whole. */
export const missingParts = (item: PendingUploadItem, present: readonly PresentPart[]): PlannedPart[] => {
  const byNumber = new Map(present.map((part) => [part.partNumber, part]));
  return planParts(item.Bytes, item.PartBytes).filter(({ partNumber, bytes }) => {
    const there = byNumber.get(partNumber);
    return there === undefined || (there.bytes ?? bytes) !== bytes;
  });
};

/** Never more than a hundred, so one answer has all. Undefined: this endpoint lists none. */
const listParts = async (
  item: PendingUploadItem,
  context: ApiContext,
): Promise<PresentPart[] | undefined> => {
  try {
    const { UploadId, Parts } = await context.s3.send(
      new ListPartsCommand({ ...placeOf(item, context), UploadId: item.S3UploadId }),
    );
    if (UploadId !== item.S3UploadId) return undefined;
    return (Parts ?? []).map(({ PartNumber = 0, ETag = "", Size }) => ({
      partNumber: PartNumber,
      etag: ETag.replaceAll('"', ""),
      bytes: Size,
    }));
  } catch (error) {
    if (error instanceof NoSuchUpload) throw uploadExpired(item.UploadId, error);
    if (error instanceof S3ServiceException && LISTS_NONE.has(error.$metadata.httpStatusCode ?? 0)) {
      return undefined;
    }
    throw error;
  }
};

/** 404: an endpoint that takes the request for one about the object, which is not there yet. */
const LISTS_NONE: ReadonlySet<number> = new Set([404, 405, 501]);
