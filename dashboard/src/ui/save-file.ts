import type { Api } from "../api/client.ts";

/** Hands the reader a file under a name. */
export const saveBlob = (blob: Blob, name: string): void => {
  const address = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The browser has taken it by then.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
};

/** Fetches with the caller's credential, which a plain link would not send, and hands the file over. */
export const saveFrom = async (api: Api, path: string, name: string): Promise<void> => {
  const answer = await api.open(path);
  // What breaks off on the way is an error here, not half a file.
  saveBlob(await answer.blob(), name);
};
