import type { Outgoing } from "./outgoing.ts";

/** A big file that was begun, remembered over reloads until it is complete. */
export interface Begun {
  readonly uploadId: string;
  readonly filename: string;
  readonly bytes: number;
  readonly lastModified: number;
  readonly mode: string;
  readonly store?: string;
  /** The transfer that works on it, as its idempotencyKey; a page that was reloaded makes another one. */
  readonly by?: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

const STORAGE = "stockwire.begun-uploads";
/** The API gives up what is not complete within a day. */
const KEPT_MS = 24 * 60 * 60 * 1000;

export const listBegun = (): readonly Begun[] => {
  try {
    const all = JSON.parse(localStorage.getItem(STORAGE) ?? "[]") as Begun[];
    return all.filter(({ at }) => Date.now() - at < KEPT_MS);
  } catch {
    return [];
  }
};

const keep = (all: readonly Begun[]): void => localStorage.setItem(STORAGE, JSON.stringify(all));

/** The upload that was begun for this file before; its bytes prove themselves by the digest that was announced. */
export const recall = ({ file, mode, store }: Outgoing): Begun | undefined =>
  listBegun().find(
    (begun) =>
      begun.filename === file.name &&
      begun.bytes === file.size &&
      begun.lastModified === file.lastModified &&
      begun.mode === mode &&
      begun.store === store,
  );

export const remember = (
  { file, mode, store, idempotencyKey: by }: Outgoing,
  uploadId: string,
  at = Date.now(),
): void => {
  const { name: filename, size: bytes, lastModified } = file;
  const begun = { uploadId, filename, bytes, lastModified, mode, by, ...(store !== undefined && { store }) };
  keep([...listBegun().filter((one) => one.uploadId !== uploadId), { ...begun, at }]);
};

export const forget = (uploadId: string): void =>
  keep(listBegun().filter((begun) => begun.uploadId !== uploadId));
