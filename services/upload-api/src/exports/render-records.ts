import { stringify } from "csv-stringify/sync";

/** RFC 4180: CRLF, quotes where needed. */
export const renderRecords = (records: readonly (readonly string[])[]): string =>
  stringify(
    records.map((record) => [...record]),
    { record_delimiter: "windows" },
  );
