import { isUtf8 } from "node:buffer";
import type { InvoiceFileCode } from "@stockwire/contracts/codes";
import { linesOf } from "./lines.ts";

export interface FileFault {
  /** `conflict` is found out later. */
  readonly code: Exclude<InvoiceFileCode, "conflict"> | "digest_mismatch";
  readonly message: string;
  /** Physical line, 1-based; null where the fault is the file's. */
  readonly line: number | null;
}

/** 50,000 items are about 5 MB; three times that is no invoice. */
export const MAX_INVOICE_BYTES = 16 * 1024 * 1024;
const MAX_LINE_CHARACTERS = 64 * 1024;

/** Decodes a file, or says why it cannot be an invoice: in time linear in its size, and at once when too large. */
export const readText = (input: Uint8Array | string): string | FileFault => {
  if (input.length > MAX_INVOICE_BYTES) {
    return fault(
      "too_large",
      `the file has more than ${MAX_INVOICE_BYTES / 1024 / 1024} MiB; send one invoice a file`,
    );
  }
  const decoded = typeof input === "string" ? input : decode(input);
  if (decoded?.includes("\0")) {
    const message = "the file holds a NUL: it is binary, or UTF-16; save the invoice as plain text in UTF-8";
    return fault("not_text", message);
  }
  if (decoded === undefined || !decoded.isWellFormed()) {
    return fault("not_text", "the file is not UTF-8 text; save the invoice as plain text in UTF-8");
  }
  const text = (decoded.startsWith("\ufeff") ? decoded.slice(1) : decoded).normalize("NFC");
  if (text.trim() === "") return fault("empty_file", "the file is empty; it should hold one invoice as text");
  for (const { number, start, end } of linesOf(text)) {
    if (end - start > MAX_LINE_CHARACTERS) {
      const message = `line ${number} has more than ${MAX_LINE_CHARACTERS} characters; break it where the labels begin`;
      return fault("line_too_long", message, number);
    }
  }
  return text;
};

const decode = (bytes: Uint8Array): string | undefined => {
  if (!isUtf8(bytes)) return undefined;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
};

const fault = (code: FileFault["code"], message: string, line: number | null = null): FileFault => ({
  code,
  message,
  line,
});
