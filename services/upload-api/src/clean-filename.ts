import type { UploadKind } from "@stockwire/contracts/receipt";

const MAX_CHARACTERS = 255;
/** Control characters, line separators, and marks that turn the reading direction to disguise an extension. */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** What a file without a usable name is called. */
const NAMELESS: Readonly<Record<UploadKind, string>> = { inventory: "upload.csv", invoice: "upload.txt" };

/**
 * The name that people see in receipts and downloads. It is never a path or a key: any directory is dropped, for
 * both kinds of slash.
 */
export const cleanFilename = (name: string | undefined, kind: UploadKind): string => {
  const base = (name ?? "").toWellFormed().split(/[/\\]/).at(-1) ?? "";
  const printable = base.replace(UNPRINTABLE, "").normalize("NFC").trim();
  const cut = cutCharacters(printable, MAX_CHARACTERS);
  return cut === "" || cut === "." || cut === ".." ? NAMELESS[kind] : cut;
};

/** Cuts without halving a character outside the basic plane. */
export const cutCharacters = (text: string, limit: number): string => [...text].slice(0, limit).join("");
