import type { Api } from "../api/client.ts";

/** Fetches a file with the credential, which a plain link would not send, and hands it to the reader. */
export const download = async (api: Api, path: string, filename: string): Promise<void> => {
  const answer = await api.open(path);
  const address = URL.createObjectURL(await answer.blob());
  const link = document.createElement("a");
  link.href = address;
  link.download = filename;
  link.click();
  // The browser has taken hold of it by then.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
};
