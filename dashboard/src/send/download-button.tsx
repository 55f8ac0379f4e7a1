import { useState } from "preact/hooks";
import { messageOf } from "../api/problem.ts";
import { usePage } from "../shell/context.ts";
import { download } from "./download.ts";

export const DownloadButton = ({
  path,
  filename,
  name,
}: {
  path: string;
  filename: string;
  name: string;
}) => {
  const { api } = usePage();
  const [state, setState] = useState<"ready" | "busy" | { readonly failed: string }>("ready");
  const start = async (): Promise<void> => {
    setState("busy");
    try {
      await download(api, path, filename);
      setState("ready");
    } catch (error) {
      setState({ failed: messageOf(error) });
    }
  };
  return (
    <>
      <button type="button" disabled={state === "busy"} onClick={() => void start()}>
        {state === "busy" ? "Fetching…" : name}
      </button>
      {typeof state === "object" && (
        <p class="error" role="alert">
          {state.failed}
        </p>
      )}
    </>
  );
};
