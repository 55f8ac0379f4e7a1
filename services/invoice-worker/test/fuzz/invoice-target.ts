import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { mutated } from "../../../../scripts/fuzz/mutate-bytes.ts";
import type { FuzzTarget } from "../../../../scripts/fuzz/target.ts";
import { sourceArbitrary, styleArbitrary } from "../arbitrary-invoice.ts";
import { renderInvoice } from "../render-invoice.ts";
import { checkInvoice } from "./check-invoice.ts";

const samples = join(import.meta.dirname, "../../../../samples/invoices");
const corpus = globSync("{.,corpus}/*.txt", { cwd: samples })
  .sort()
  .map((name) => readFileSync(join(samples, name)));

const TOKENS: readonly (string | Buffer)[] = [
  ...[
    "Total:",
    "Amount: ",
    "SGST: 5",
    "Items\n",
    "1) ",
    "2) a, 5, 1\n",
    "InWords: ",
    "Customer-ID: ",
    "Inv-ID: ",
  ],
  ...[
    "\n",
    "\r\n",
    "\r",
    "\n\n",
    "\t",
    "  ",
    ":",
    ",",
    ".",
    "-",
    "(",
    ")",
    "%",
    "/-",
    "|",
    ";",
    "\0",
    "\ufeff",
  ],
  ...[
    "0",
    "1",
    "9",
    "000",
    ".5",
    "1.250",
    "1,250",
    "٣",
    "５",
    "½",
    "−",
    "€",
    "₹",
    "$",
    "Rs. ",
    "EUR",
    "\u202e",
  ],
  ...["\u200b", "\u00a0", "\u2028", "one ", "lakh ", "hundred ", "million ", "Netto: ", "Gesamt: ", "Pos | "],
  ...[[0xff], [0xc3], [0xe2, 0x82]].map((bytes) => Buffer.from(bytes)),
];

const original = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...corpus) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(sourceArbitrary, styleArbitrary)
      .map(([source, style]) => Buffer.from(renderInvoice(source, style).text)),
  },
  { weight: 1, arbitrary: fc.array(fc.constantFrom(...TOKENS), { maxLength: 40 }).map(joined) },
);

function joined(tokens: readonly (string | Buffer)[]): Buffer {
  return Buffer.concat(tokens.map((token) => Buffer.from(token)));
}

export const invoiceTarget: FuzzTarget<Buffer> = {
  name: "invoices",
  arbitrary: mutated(original, TOKENS),
  bytesOf: (bytes) => bytes,
  check: checkInvoice,
  sources: ["services/invoice-worker/src/"],
};
