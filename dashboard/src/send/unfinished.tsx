import { useState } from "preact/hooks";
import { formatBytes } from "../format.ts";
import { usePage } from "../shell/context.ts";
import { Ago } from "../ui/time.tsx";
import { type Begun, forget, listBegun } from "./begun-uploads.ts";
import type { Transfers } from "./transfers.ts";

/** Big files that an earlier visit has begun: a page may not open a file by itself. */
export const Unfinished = ({ transfers }: { transfers: Transfers }) => {
  const { api } = usePage();
  const [, again] = useState(0);
  const isHere = ({ filename, bytes }: Begun): boolean =>
    transfers.list.value.some(({ outgoing: { file } }) => file.name === filename && file.size === bytes);
  const begun = listBegun().filter((one) => !isHere(one));
  if (begun.length === 0) return null;
  const drop = (uploadId: string): void => {
    forget(uploadId);
    again((round) => round + 1);
    // What stays there is removed within a day anyway.
    api.send("DELETE", `/v1/uploads/${uploadId}`).catch(() => {});
  };
  return (
    <section aria-labelledby="unfinished-title" class="card unfinished">
      <h2 id="unfinished-title">Not finished yet</h2>
      <p class="muted">Choose the same file again, with the same choices, and it goes on where it stopped.</p>
      <ul>
        {begun.map(({ uploadId, filename, bytes, at, mode, store }) => (
          <li key={uploadId}>
            <span>
              <strong>{filename}</strong> · {formatBytes(bytes)} · {mode}
              {store !== undefined && ` · ${store}`} · begun <Ago at={new Date(at).toISOString()} />
            </span>
            <button type="button" class="quiet" onClick={() => drop(uploadId)}>
              Give up <span class="visually-hidden">{filename}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
};
