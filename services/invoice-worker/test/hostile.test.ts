import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { invoice, read } from "./helpers.ts";

const code = (input: string | Uint8Array): string => read(input).reasons.join(" ");

t.test("a file that is no invoice gets a code", async (t) => {
  t.equal(code(""), "empty_file");
  t.equal(code("\ufeff \r\n\n"), "empty_file");
  t.equal(code(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0xff, 0xfe])), "not_text");
  t.equal(code(Buffer.from(invoice(), "utf16le")), "not_text");
  t.equal(code(Buffer.from("From: Müller", "latin1")), "not_text");
  t.equal(code("Total: 5\u0000"), "not_text");
  t.match(read(`${invoice()}\u0000`).problems, [{ code: "not_text", message: "holds a NUL" }]);
  t.match(read(Buffer.from("From: Müller", "latin1")).problems, [{ message: "is not UTF-8 text" }]);
  t.equal(code("lone \ud800 surrogate"), "not_text");
  t.equal(code("%PDF-1.4 and so on"), "not_an_invoice");
  t.equal(code("store,item,count\nBerlin,Echo,5\n"), "not_an_invoice");
  t.equal(code(`Total: ${"5".repeat(70_000)}`), "line_too_long");
  t.equal(read("").status, "rejected");
});

t.test("100 MB of one line is answered at once", async (t) => {
  const bytes = Buffer.alloc(100 * 1024 * 1024, "Total: 5 ");
  const start = performance.now();
  t.equal(code(bytes), "too_large");
  t.ok(performance.now() - start < 100);
});

t.test("control characters and marks that turn the reading direction quarantine a file", async (t) => {
  for (const mark of ["\u0007", "\u001b", "\u200e", "\u202e", "\u2066", "\u200b", "\u0085", "\u2028"]) {
    t.equal(read(invoice({ to: `To: Star${mark}fleet` })).fields.to.value, null);
    t.equal(code(invoice({ to: `To: Star${mark}fleet` })), "control_character");
    t.equal(code(invoice({ in_words: "", items: `Items\n1) A${mark}B, 7650, 500` })), "control_character");
    t.match(code(invoice({ customer_id: `Customer-ID: c${mark}1` })), "control_character");
  }
});

t.test("labels repeated without end are reported once each", async (t) => {
  const reading = read("Amount: ".repeat(7_000).concat("\n").repeat(50));
  t.match(reading.reasons, ["missing_field"]);
  const values = read(`${invoice()}${"Total: 1 Total: 2\n".repeat(50_000)}`);
  t.match(values.reasons, ["repeated_field"]);
  t.ok(values.problems.length <= 100 && values.notes.length <= 100);
});

t.test("50,000 items are read exactly", async (t) => {
  const lines = Array.from(
    { length: 50_000 },
    (_, index) => `${index + 1}) Part no. ${index}, of steel, 2.25, 0.05`,
  );
  const reading = read(
    invoice({
      amount: "Amount: 112500",
      tax: "VAT: 2500",
      total: "Total: 115000",
      in_words: "InWords: One hundred fifteen thousand",
      items: `Items\n${lines.join("\n")}`,
    }),
  );
  t.equal(reading.status, "accepted", reading.reasons.join());
  t.equal(reading.items.length, 50_000);
});

/** Twenty lines of one thing over and over: twice the size is lines of twice the length. */
const longLines = (piece: string, size: number, before = "", behind = ""): string =>
  `${before}${piece.repeat(size / 20 / piece.length)}${behind}\n`.repeat(20);

/** Inputs made to meet a reader's worst case; each returns about `size` characters. */
const ADVERSARIES: Readonly<Record<string, (size: number) => string>> = {
  "line breaks": (size) => `Total: 1${"\n".repeat(size)}`,
  "carriage returns": (size) => `Total: 1${"\r".repeat(size)}`,
  "short lines": (size) => "a\n".repeat(size / 2),
  labels: (size) => longLines("Amount: Total: ", size),
  "words behind a label": (size) => longLines("a ", size, "From: "),
  colons: (size) => longLines(":", size),
  "closing parentheses": (size) => longLines("):", size),
  "percent signs": (size) => longLines("9%\t", size),
  tabs: (size) => longLines("\t", size),
  "tabs and dashes": (size) => longLines("-\t", size),
  "dashes and colons": (size) => longLines("- - -:", size),
  "spaces before colons": (size) => longLines(" ", size, "Total", ":"),
  "empty items": (size) => `Items\n${"1)\n".repeat(size / 3)}`,
  "items out of order": (size) => `Items\n1) a\n${"9) b, c\n".repeat(size / 8)}`,
  "one item over all lines": (size) => `Items\n1) a\n${"b, 5,\n".repeat(size / 6)}`,
  "items with damaged figures": (size) => `Items\n1) a\n${"b, -5\n".repeat(size / 6)}`,
  "signs before figures": (size) => `Items\n${`1) a, ${"-".repeat(900)}5, 0\n`.repeat(size / 912)}`,
  commas: (size) => `Items\n${longLines(",", size, "1) ")}`,
  "ambiguous items": (size) => `Items\n${"1) a,1,250,300\n".repeat(size / 15)}`,
  "digits and commas": (size) => `Items\n${longLines("1,250,", size, "1) a, ", "5")}`,
  "digits and commas, item by item": (size) =>
    `Items\n${`1) a, ${"1,250,".repeat(150)}5\n`.repeat(size / 900)}`,
  "wrapped words": (size) => `InWords: one\n${"million\n".repeat(size / 8)}`,
  "table rows": (size) => `Netto: 1\nPositionen\nPos | Artikel | Preis\n${" | a |\n".repeat(size / 7)}`,
  "table cells": (size) => `Netto: 1\nPositionen\nPos | Artikel | Preis\n${longLines("|a", size)}`,
  "items on one line": (size) => `Items\n${longLines("1) a, 5, 1 2) b, 5 ", size)}`,
  "items on one line, in order": (size) =>
    `Items\n1) a, 5\n${Array.from({ length: size / 20 }, (_, at) => `${at + 2}) b, 5`)
      .join(" ")
      .replaceAll("00) b", "00) b\n")}`,
  "markers inside an item": (size) => `Items\n1) a\n${longLines("b 2) ", size)}`,
  "gaps before headings": (size) => longLines("  credit note x y z u v", size),
  "letters of a heading": (size) => longLines("  c  r  e  d  i  t", size),
  "money that is not read": (size) => `Total: 1\n${longLines("Discount: 5 ", size)}`,
  "figures below amounts": (size) => "Total: 1\n5\n".repeat(size / 11),
  "currencies of items": (size) => `Items\n${"1) a, $5, ₹5\n".repeat(size / 13)}`,
  "invisible marks": (size) => "\u200b\n".repeat(size / 2),
};

/** Processor time of the faster of two runs, in milliseconds: what else the machine does counts for less. */
const timeOf = (text: string): number => {
  const times = [0, 0].map(() => {
    const start = process.cpuUsage();
    read(text);
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1_000;
  });
  return Math.min(...times);
};

t.test("time grows with the input, not with its square", async (t) => {
  for (const [name, make] of Object.entries(ADVERSARIES)) {
    let size = 150_000;
    // What takes too little time to be told from noise is made larger; lines stay below their limit.
    while (size < 600_000 && timeOf(make(size)) < 25) size *= 2;
    let ratio = Number.POSITIVE_INFINITY;
    // A reader that grows with the square has a ratio of four every time it is asked.
    for (let attempt = 0; attempt < 5 && ratio >= 3; attempt++) {
      ratio = timeOf(make(size * 2)) / Math.max(timeOf(make(size)), 5);
    }
    t.ok(ratio < 3, `${name}: twice the input takes ${ratio.toFixed(1)} times as long`);
  }
});

t.test("no regular expression in the service repeats anything, so none can backtrack", async (t) => {
  const source = join(import.meta.dirname, "../src");
  const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".ts"),
  );
  const literal = /(?:^|[\s(,=:!&|?])\/(?![/*])((?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\\n[])+)\/[dgimsuvy]*/gm;
  const found: string[] = [];
  for (const file of files) {
    const text = readFileSync(join(source, file), "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
    t.notMatch(text, "RegExp(", `${file} builds no pattern`);
    for (const [, pattern = ""] of text.matchAll(literal)) {
      found.push(pattern);
      const bare = pattern.replace(/\\p\{[A-Za-z]+\}/g, "P").replace(/\\./g, "E");
      t.notOk(/[*+{?]/.test(bare), `${file}: /${pattern}/ has no quantifier`);
    }
  }
  t.ok(found.length >= 4, `${found.length} patterns looked at`);
});
