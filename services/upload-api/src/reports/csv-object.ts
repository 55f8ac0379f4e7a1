import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { parse } from "csv-parse";
import { parse as parseAtOnce } from "csv-parse/sync";
import { isGone } from "../downloads/open-object.ts";

/** What is fetched ahead; a larger object is read from S3 when its turn comes, so that memory stays bounded. */
const BUFFERED_BYTES = 256 * 1024;

/** A CSV object with a header. */
export interface CsvObject {
  /**
   * The records behind the header; may be called any number of times. Throws when the header or a record has not the
   * table's columns.
   */
  readonly records: () => AsyncIterable<readonly string[]>;
}

/**
 * Fetches an object of a table whose CSV has `columns`.
 * @returns undefined when there is no such object (any more)
 */
export const fetchCsvObject = async (
  s3: S3Client,
  bucket: string,
  key: string,
  columns: readonly string[],
  signal: AbortSignal,
): Promise<CsvObject | undefined> => {
  const get = async () => {
    const { Body, ContentLength = 0 } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }), {
      abortSignal: signal,
    });
    // In Node the SDK's body is always a stream of this kind; its type also covers browsers.
    return { body: Body as unknown as Readable, bytes: ContentLength };
  };
  const opened = await get().catch((error) => {
    if (isGone(error)) return undefined;
    throw error;
  });
  if (opened === undefined) return undefined;
  if (opened.bytes > BUFFERED_BYTES) {
    opened.body.destroy();
    return {
      records: async function* () {
        const { body } = await get();
        yield* streamRecords(key, columns, body);
      },
    };
  }
  const bytes = Buffer.concat(await opened.body.toArray());
  return {
    records: async function* () {
      const [header = [], ...records] = parseAtOnce(bytes) as string[][];
      checkHeader(key, header, columns);
      yield* records;
    },
  };
};

async function* streamRecords(
  key: string,
  columns: readonly string[],
  body: Readable,
): AsyncGenerator<readonly string[]> {
  const parser = parse();
  const fed = pipeline(body, parser);
  // The parser ends with the same error, and that one is thrown below.
  fed.catch(() => {});
  let isHeader = true;
  for await (const record of parser as AsyncIterable<string[]>) {
    if (isHeader) checkHeader(key, record, columns);
    else yield record;
    isHeader = false;
  }
}

const checkHeader = (key: string, header: readonly string[], columns: readonly string[]): void => {
  if (header.join() !== columns.join()) throw new Error(`${key} has another header: ${header.join()}`);
};
