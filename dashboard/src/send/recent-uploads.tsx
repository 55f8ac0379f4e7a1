import type { Receipt } from "@stockwire/contracts/receipt";
import { useState } from "preact/hooks";
import { formatCount } from "../format.ts";
import { linkTo } from "../router.ts";
import { usePage } from "../shell/context.ts";
import { Failure, Notice, Skeleton } from "../ui/notice.tsx";
import { Ago } from "../ui/time.tsx";
import { ALL_UPLOADS, type UploadFilter } from "./merge-uploads.ts";
import { StatusBadge } from "./status-badge.tsx";
import { STATUS_WORDS } from "./summarise.ts";
import { useUploads } from "./use-uploads.ts";

/** What was sent lately, by whomever and whatever way. */
export const RecentUploads = () => {
  const { caller, stores } = usePage();
  const [filter, setFilter] = useState<UploadFilter>(ALL_UPLOADS);
  const { uploads, more, loading, error, reload } = useUploads(filter);
  const change = (part: Partial<UploadFilter>) => setFilter((before) => ({ ...before, ...part }));
  const list = stores.list.value;
  const names = list.state === "ready" ? list.value.map(({ store }) => store) : [];
  return (
    <section aria-labelledby="recent-title" class="recent">
      <h2 id="recent-title">Recent uploads</h2>
      <search class="tools" aria-label="Recent uploads">
        <Choice
          label="Store"
          value={filter.store}
          all="All stores"
          options={names.map((name) => [name, name])}
          choose={(store) => change({ store })}
        />
        {caller.stores === null && (
          <Choice
            label="Kind"
            value={filter.kind}
            all="All kinds"
            options={[
              ["inventory", "Inventory"],
              ["invoice", "Invoices"],
            ]}
            choose={(kind) => change({ kind })}
          />
        )}
        <Choice
          label="Outcome"
          value={filter.status}
          all="All outcomes"
          options={Object.entries(STATUS_WORDS)}
          choose={(status) => change({ status })}
        />
      </search>
      {error !== undefined && <Failure error={error} retry={reload} />}
      {loading && uploads.length === 0 && <Skeleton lines={8} label="Loading uploads" />}
      {!loading && error === undefined && uploads.length === 0 && <Notice title="No upload yet" />}
      {uploads.length > 0 && <UploadTable uploads={uploads} />}
      {more && (
        <button type="button" class="more" onClick={more} disabled={loading}>
          {loading ? "Loading…" : "Show older"}
        </button>
      )}
    </section>
  );
};

const Choice = ({
  label,
  value,
  all,
  options,
  choose,
}: {
  label: string;
  value: string;
  all: string;
  options: readonly (readonly [value: string, name: string])[];
  choose: (value: string) => void;
}) => (
  <label>
    {label}
    <select value={value} onChange={(event) => choose(event.currentTarget.value)}>
      <option value="">{all}</option>
      {options.map(([value, name]) => (
        <option key={value} value={value}>
          {name}
        </option>
      ))}
    </select>
  </label>
);

const UploadTable = ({ uploads }: { uploads: readonly Receipt[] }) => (
  <div class="table-wrap">
    <table class="uploads">
      <thead>
        <tr>
          <th scope="col">File</th>
          <th scope="col">Outcome</th>
          <th scope="col">Store</th>
          <th scope="col" class="number">
            Rows
          </th>
          <th scope="col" class="number">
            Rejected
          </th>
          <th scope="col">Received</th>
        </tr>
      </thead>
      <tbody>
        {uploads.map((upload) => (
          <tr key={upload.uploadId}>
            <th scope="row">
              <a href={linkTo(["uploads", upload.uploadId])}>{upload.filename}</a>
            </th>
            <td>
              <StatusBadge receipt={upload} />
            </td>
            <td data-label="Store">
              {upload.store ??
                (upload.kind === "invoice" ? "Invoice" : upload.rows.written > 0 ? "Several" : "–")}
            </td>
            <td class="number" data-label="Rows">
              {upload.kind === "invoice" ? "" : formatCount(upload.rows.read)}
            </td>
            <td class="number" data-label="Rejected">
              {upload.rows.rejected > 0 ? formatCount(upload.rows.rejected) : ""}
            </td>
            <td>
              <Ago at={upload.receivedAt} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);
