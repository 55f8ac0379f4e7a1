import type { Receipt, RejectedRow } from "@stockwire/contracts/receipt";
import { formatCount } from "../format.ts";
import { DownloadButton } from "./download-button.tsx";
import { explainRow } from "./explanations.ts";

/** What did not load, why, and how to mend it. */
export const RejectedRows = ({ receipt }: { receipt: Receipt }) => {
  const { rejected, rows, links, filename } = receipt;
  if (rejected.length === 0) return null;
  return (
    <section aria-labelledby="rejected-title" class="upload-part">
      <div class="section-head">
        <h2 id="rejected-title">
          {formatCount(rows.rejected)} rejected {rows.rejected === 1 ? "row" : "rows"}
        </h2>
        {links.rejected && (
          <DownloadButton
            path={links.rejected}
            filename={`${filename.replace(/\.[^.]+$/, "")}-rejected.csv`}
            name="Download rejected.csv"
          />
        )}
      </div>
      <p class="muted">
        Mend the rows, in the download or in your own file, and send it again: its further columns are
        ignored.
      </p>
      <div class="table-wrap">
        <table class="rejected">
          <thead>
            <tr>
              <th scope="col" class="number">
                Line
              </th>
              <th scope="col">Column</th>
              <th scope="col">As sent</th>
              <th scope="col">What is wrong, and how to mend it</th>
            </tr>
          </thead>
          <tbody>
            {rejected.map((row, index) => (
              <Row key={index} row={row} />
            ))}
          </tbody>
        </table>
      </div>
      {rows.rejected > rejected.length && (
        <p class="muted">
          The first {formatCount(rejected.length)} of {formatCount(rows.rejected)}; the download has all of
          them.
        </p>
      )}
    </section>
  );
};

const Row = ({ row }: { row: RejectedRow }) => {
  const known = explainRow(row.code);
  return (
    <tr>
      <th scope="row" class="number" data-label="Line">
        {row.line}
      </th>
      <td data-label="Column">{row.column ?? "whole row"}</td>
      <td data-label="As sent">
        {row.value.trim() === "" ? <span class="muted">(empty)</span> : <mark class="sent">{row.value}</mark>}
      </td>
      <td>
        {known ? (
          <>
            <strong>{known.what}.</strong> {known.fix}
          </>
        ) : (
          row.message
        )}
      </td>
    </tr>
  );
};
