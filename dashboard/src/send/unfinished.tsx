import { useEffect, useState } from "preact/hooks";
import type { Api } from "../api/client.ts";
import { ApiProblem } from "../api/problem.ts";
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
  const ids = begun.map(({ uploadId }) => uploadId).join();
  // The visit that began it may have ended between the API's answer and forgetting it.
  useEffect(() => {
    const ending = new AbortController();
    for (const uploadId of ids.split(",").filter(Boolean)) {
      hasEnded(api, uploadId, ending.signal).then(
        (ended) => {
          if (!ended || ending.signal.aborted) return;
          forget(uploadId);
          again((round) => round + 1);
        },
        // Not known: it stays, and sending it finds out.
        () => {},
      );
    }
    return () => ending.abort();
  }, [api, ids]);
  if (begun.length === 0) return null;
  const drop = (uploadId: string): void => {
    forget(uploadId);
    again((round) => round + 1);
    // Not worth a word where it fails: what stays there is removed within a day anyway.
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

/** Whether the API takes no part of it any more. */
const hasEnded = async (api: Api, uploadId: string, signal: AbortSignal): Promise<boolean> => {
  try {
    const { state } = await api.get<{ state: string }>(`/v1/uploads/${uploadId}/parts`, { signal });
    return state === "completed" || state === "aborted";
  } catch (error) {
    if (error instanceof ApiProblem)
      return error.code === "upload_expired" || error.code === "upload_not_found";
    throw error;
  }
};
