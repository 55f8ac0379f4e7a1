import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Api, OutgoingFile } from "./api.ts";

interface Begun {
  readonly url: string;
  readonly uploadId: string;
  readonly store?: string;
  readonly mode?: string;
}

const placeOf = ({ dataDir }: Api, { sha256 }: OutgoingFile): string =>
  join(dataDir, "uploads", `${sha256}.json`);

/** The upload that was begun for these bytes at this API before, if any. */
export const recall = (api: Api, file: OutgoingFile): string | undefined => {
  try {
    const begun = JSON.parse(readFileSync(placeOf(api, file), "utf8")) as Begun;
    const isSame = begun.url === api.url && begun.store === file.store && begun.mode === file.mode;
    return isSame ? begun.uploadId : undefined;
  } catch {
    return undefined; // Never begun, or torn by a kill: it is begun anew.
  }
};

export const remember = (api: Api, file: OutgoingFile, uploadId: string): void => {
  mkdirSync(join(api.dataDir, "uploads"), { recursive: true });
  const { store, mode } = file;
  writeFileSync(placeOf(api, file), JSON.stringify({ url: api.url, uploadId, store, mode }));
};

export const forget = (api: Api, file: OutgoingFile): void => rmSync(placeOf(api, file), { force: true });
