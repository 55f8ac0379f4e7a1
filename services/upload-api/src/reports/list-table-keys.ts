import { ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";
import type { ReportTableDeclaration } from "@stockwire/contracts/topology";
import type { DateRange } from "./date-range.ts";

/** One object of a table: `{prefix}{partition.column}={date}/{name}`. */
export interface TableKey {
  readonly key: string;
  readonly date: string;
  readonly name: string;
}

/**
 * The keys of a table whose dates lie in the range, by date and then by name (S3 lists in that order). Keys that no
 * worker makes are passed over.
 * @param bucket physical name
 */
export async function* listTableKeys(
  s3: S3Client,
  table: ReportTableDeclaration,
  bucket: string,
  { from, to }: DateRange,
  signal: AbortSignal,
): AsyncGenerator<TableKey, void, undefined> {
  const start = `${table.prefix}${table.partition.column}=`;
  let token: string | undefined;
  do {
    const page = await s3.send(
      new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: start,
        StartAfter: start + from,
        ContinuationToken: token,
      }),
      { abortSignal: signal },
    );
    for (const { Key: key = "" } of page.Contents ?? []) {
      const [date = "", name = "", ...deeper] = key.slice(start.length).split("/");
      if (date > to) return;
      if (name.endsWith(".csv") && deeper.length === 0) yield { key, date, name };
    }
    token = page.NextContinuationToken;
  } while (token !== undefined);
}
