import fc from "fast-check";
import { mutated } from "../../../../scripts/fuzz/mutate-bytes.ts";

/** A file, how its stream is cut, and what the upload says of it. */
export interface FuzzedFile {
  readonly content: Buffer;
  /** Lengths of the chunks, over and over. */
  readonly chunks: readonly number[];
  readonly store: string | undefined;
}

const ENDINGS = ["\n", "\r\n", "\r"];
const BLANKS = ["", "", "", " ", "  ", "\t", "\u00a0", "\f", "\r", "\ufeff"];
const NAMES = [
  "Berlin",
  "Echo",
  "Köln",
  "Ko\u0308ln",
  "東京",
  "👩\u200d👩\u200d👧",
  "a;b",
  "a,b",
  "a\tb",
  "=1+1",
  "",
  ".",
];
const COUNTS = ["0", "1", "12", "007", "999999999", "1000000000", "-1", "1.0", "1e3", "١", "", " 5 "];
const HOSTILE = ["\0", "\u202e", "\u200b", "\u2028", "\u0085", '"', '""', "\\", "'", "x".repeat(300)];
const LONG = [
  "y".repeat(65_500),
  " ".repeat(66_000),
  '"'.repeat(65_537),
  ",".repeat(66_000),
  "\n".repeat(3_000),
];

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

const textArbitrary = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...NAMES) },
  { weight: 3, arbitrary: fc.constantFrom(...HOSTILE) },
  { weight: 2, arbitrary: fc.string({ unit: "grapheme", maxLength: 12 }) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 6 }) },
);

/** As it stands, quoted, quoted and blurred by blanks, or quoted only in part. */
const cellArbitrary = (text: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .tuple(text, fc.nat({ max: 11 }), fc.constantFrom(...BLANKS), fc.constantFrom(...BLANKS))
    .map(([value, how, before, behind]) => {
      if (how < 6) return `${before}${value}${behind}`;
      if (how < 10) return `${before}${quoted(value)}${behind}`;
      return how === 10 ? `"${value}` : `${quoted(value)}${value}`;
    });

const rowArbitrary = fc.oneof(
  {
    weight: 12,
    arbitrary: fc
      .tuple(
        cellArbitrary(textArbitrary),
        cellArbitrary(textArbitrary),
        cellArbitrary(fc.oneof(fc.constantFrom(...COUNTS), textArbitrary)),
        fc.array(cellArbitrary(textArbitrary), { maxLength: 2 }),
      )
      .map(([store, item, count, others]) => [store, item, count, ...others]),
  },
  { weight: 2, arbitrary: fc.array(cellArbitrary(textArbitrary), { maxLength: 5 }) },
  { weight: 1, arbitrary: fc.constantFrom([""], ["  "], ["\t"]) },
);

const headerArbitrary = fc.oneof(
  { weight: 8, arbitrary: fc.constant(["store", "item", "count"]) },
  fc.constantFrom(
    ["Count", "ITEM ", " store"],
    ["item", "count"],
    ['"store"', '"item"', '"count"', '"a ""note"""'],
    ["store", "item", "count", "note", "note"],
    ["store", "item", "count", "a;b", "c\td"],
    ["store", "item"],
    ["sto\0re", "item", "count"],
    ["store", "item", "count", "count"],
  ),
);

const structured = fc
  .record({
    bom: fc.constantFrom("", "", "", "\ufeff", "\ufeff\ufeff"),
    before: fc.constantFrom("", "", "", "\n", "sep=;\n", "sep=,\r\n", " \r\n"),
    delimiter: fc.constantFrom(",", ",", ";", "\t"),
    header: headerArbitrary,
    ending: fc.constantFrom(...ENDINGS),
    rows: fc.array(fc.tuple(rowArbitrary, fc.nat({ max: 19 }), fc.constantFrom(...ENDINGS)), {
      maxLength: 12,
    }),
    long: fc.oneof({ weight: 150, arbitrary: fc.constant("") }, fc.constantFrom(...LONG)),
    longAt: fc.nat(),
  })
  .map(({ bom, before, delimiter, header, ending, rows, long, longAt }) => {
    const lines = rows.map(
      ([cells, luck, other]) => `${cells.join(delimiter)}${luck === 0 ? other : ending}`,
    );
    const text = `${bom}${before}${header.join(delimiter)}${ending}${lines.join("")}`;
    const at = longAt % (text.length + 1);
    return Buffer.from(`${text.slice(0, at)}${long}${text.slice(at)}`);
  });

const TOKENS: readonly (string | Buffer)[] = [
  ...[
    '"',
    '""',
    ",",
    ";",
    "\t",
    "\n",
    "\r",
    "\r\n",
    "\0",
    " ",
    "\ufeff",
    "\f",
    '"\n',
    '",',
    ',"',
    "store",
    "\\",
  ],
  ...[[0xff], [0xc3], [0xe2, 0x82], [0xed, 0xa0, 0x80], [0xf0, 0x9f, 0x98], [0xef, 0xbb, 0xbf], [0x1a]].map(
    (bytes) => Buffer.from(bytes),
  ),
];

/** Inventory files from sound to broken, mostly with one thing or a few wrong. */
export const fileArbitrary: fc.Arbitrary<FuzzedFile> = fc.record({
  content: fc.oneof(
    { weight: 20, arbitrary: mutated(structured, TOKENS) },
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  ),
  chunks: fc.array(fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 10, max: 70_000 })), {
    minLength: 1,
    maxLength: 6,
  }),
  store: fc.constantFrom(undefined, undefined, "Berlin"),
});
