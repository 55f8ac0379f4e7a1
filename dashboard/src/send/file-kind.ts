import type { UploadKind } from "@stockwire/contracts/receipt";

/** Enough for the longest header that anybody writes. */
const HEAD_BYTES = 4_096;
const COLUMNS = ["store", "item", "count"];

/**
 * What a file is, by its name and its beginning: `.csv` and `.tsv` are inventory; of others the first line decides,
 * which in inventory names the columns; a `.txt` that does not is an invoice.
 */
export const guessKind = (name: string, head: string): UploadKind => {
  const extension = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase();
  if (extension === "csv" || extension === "tsv") return "inventory";
  const first =
    head
      .replace(/^\ufeff/, "")
      .trimStart()
      .split(/\r?\n|\r/, 1)[0] ?? "";
  const cells = first.split(/[,;|\t]/).map((cell) => cell.trim().replaceAll('"', "").toLowerCase());
  const named = COLUMNS.filter((column) => cells.includes(column)).length;
  if (named >= 2) return "inventory";
  return extension === "txt" ? "invoice" : "inventory";
};

export const kindOf = async (file: File): Promise<UploadKind> =>
  guessKind(
    file.name,
    await file
      .slice(0, HEAD_BYTES)
      .text()
      .catch(() => ""),
  );
