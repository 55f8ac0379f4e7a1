import type { S3Client } from "@aws-sdk/client-s3";
import { rejectedRowsKey } from "@stockwire/contracts/keys";
import { stringify } from "csv-stringify/sync";
import { createObjectStream, type ObjectStream } from "../stream-object.ts";
import type { RefusedRowSink } from "./inspect-file.ts";
import type { Header } from "./read-header.ts";
import type { RefusedRow } from "./validate-row.ts";

export interface RejectedRowsFile extends Pick<ObjectStream, "complete" | "abort"> {
  readonly write: RefusedRowSink;
}

/**
 * Streams the refused rows into `rejected/{uploadId}.csv`: line, column, code, message, then the cells as sent
 * under their own header, so that the file can be corrected and sent again (further columns are ignored). Nothing
 * is stored where no row is refused. The same file gives the same bytes, so a repeat overwrites alike.
 */
export const createRejectedRowsFile = (s3: S3Client, bucket: string, uploadId: string): RejectedRowsFile => {
  const object = createObjectStream(s3, {
    bucket,
    key: rejectedRowsKey(uploadId),
    contentType: "text/csv; charset=utf-8",
  });
  return {
    complete: object.complete,
    abort: object.abort,
    write: async (header, refused) => {
      if (!object.isOpen()) await object.write(rejectedHeader(header));
      await object.write(rejectedLines(refused));
    },
  };
};

export const rejectedHeader = ({ cells }: Header): string =>
  stringify([["line", "column", "code", "message", ...cells]]);

export const rejectedLines = (refused: readonly RefusedRow[]): string =>
  stringify(
    refused.map(({ rejected, cells }) => [
      rejected.line,
      rejected.column ?? "",
      rejected.code,
      rejected.message,
      ...cells,
    ]),
  );
