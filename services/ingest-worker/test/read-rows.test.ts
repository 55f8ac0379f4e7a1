import { faultOfName } from "@stockwire/contracts/names";
import { stringify } from "csv-stringify/sync";
import fc from "fast-check";
import t from "tap";
import { inspectFile } from "../src/file/inspect-file.ts";
import { chunked, readAll } from "./helpers.ts";

const header = "store,item,count\n";
const fault = async (content: string | Buffer, store?: string): Promise<string> => {
  const verdict = await inspectFile(
    chunked(content),
    store,
    async () => undefined,
    async () => undefined,
  );
  return verdict.usable ? "usable" : verdict.error.code;
};

t.test("accepted spellings of the same file", async (t) => {
  const expected = ["2 Berlin|Echo Dot|12", "3 Berlin|Echo (2nd Gen)|19"];
  const spellings: Record<string, string | Buffer> = {
    plain: `${header}Berlin,Echo Dot,12\nBerlin,Echo (2nd Gen),19\n`,
    "no line end at the end": `${header}Berlin,Echo Dot,12\nBerlin,Echo (2nd Gen),19`,
    CRLF: `store,item,count\r\nBerlin,Echo Dot,12\r\nBerlin,Echo (2nd Gen),19\r\n`,
    "CR alone": `store,item,count\rBerlin,Echo Dot,12\rBerlin,Echo (2nd Gen),19\r`,
    BOM: `\ufeff${header}Berlin,Echo Dot,12\nBerlin,Echo (2nd Gen),19\n`,
    semicolons: "store;item;count\nBerlin;Echo Dot;12\nBerlin;Echo (2nd Gen);19\n",
    tabs: "store\titem\tcount\nBerlin\tEcho Dot\t12\nBerlin\tEcho (2nd Gen)\t19\n",
    "any order, any case, other columns": `Count,note,ITEM,Store\n12,"a, b",Echo Dot,Berlin\n19,,Echo (2nd Gen),Berlin\n`,
    "spaces around cells and quotes": `store , item,count\n Berlin , "Echo Dot" ,12 \n Berlin,Echo (2nd Gen), 19\n`,
    quoted: `"store","item","count"\n"Berlin","Echo Dot","12"\n"Berlin","Echo (2nd Gen)","19"\n`,
    "leading zeros": `${header}Berlin,Echo Dot,0012\nBerlin,Echo (2nd Gen),019\n`,
  };
  for (const [name, content] of Object.entries(spellings)) {
    for (const size of [1, 7, 65_536]) {
      t.same(
        await readAll(content, { size }),
        { rows: expected, refused: [] },
        `${name} in chunks of ${size}`,
      );
    }
  }
});

t.test("Excel's hint at the separator is not the header", async (t) => {
  const { rows } = await readAll("sep=;\nstore;item;count\nBerlin;Echo;1\n");
  t.same(rows, ["3 Berlin|Echo|1"]);
});

t.test("names are compared in NFC", async (t) => {
  const { rows } = await readAll(`${header}Ko\u0308ln,Cafe\u0301,1\n`);
  t.same(rows, ["2 K\u00f6ln|Caf\u00e9|1"]);
});

t.test("each kind of bad row is refused with its code and the good ones stay", async (t) => {
  const long = "x".repeat(257);
  const content = [
    "store,item,count",
    "Berlin,ok,1",
    ",Echo,1",
    "Berlin, ,1",
    "Berlin,Echo,-1",
    "Berlin,Echo,5.0",
    "Berlin,Echo,1e3",
    "Berlin,Echo,\uff11",
    "Berlin,Echo,",
    "Berlin,Echo,1000000000",
    "Berlin,Echo",
    "Berlin,Echo,1,2",
    `${"s".repeat(129)},Echo,1`,
    `Berlin,${long},1`,
    "Berlin,Ec\u0000ho,1",
    "Berlin,Ec\u202eho,1",
    'Berlin,"Echo" Dot,1',
    `Berlin,"${"y".repeat(70_000)}",1`,
    "Berlin,last good,999999999",
    'Berlin,"never closed,1',
    "Berlin,swallowed,1",
  ].join("\n");
  for (const size of [13, 1_000, 65_536]) {
    const { rows, refused } = await readAll(content, { size });
    t.same(rows, ["2 Berlin|ok|1", "19 Berlin|last good|999999999"], `rows in chunks of ${size}`);
    t.same(refused, [
      "3 store empty_store",
      "4 item empty_item",
      "5 count bad_count",
      "6 count bad_count",
      "7 count bad_count",
      "8 count bad_count",
      "9 count bad_count",
      "10 count count_out_of_range",
      "11 - ragged_row",
      "12 - ragged_row",
      "13 store value_too_long",
      "14 item value_too_long",
      "15 item control_character",
      "16 item control_character",
      "17 - misplaced_quote",
      "18 - row_too_long",
      "20 - unclosed_quote",
    ]);
  }
});

t.test("lines are physical: blank lines, quoted line breaks and CRLF inside quotes count", async (t) => {
  const content =
    'store,item,count,note\r\n\r\nA,one,1,"x\r\ny\r\nz"\r\nA,two,2,\r\n   \r\n\r\nA,three,3,"q\r\n"\r\nA,four,4,\r\n';
  for (const size of [1, 5, 65_536]) {
    const { rows } = await readAll(content, { size });
    t.same(rows, ["3 A|one|1", "6 A|two|2", "9 A|three|3", "11 A|four|4"], `chunks of ${size}`);
  }
});

t.test("quotes: blanks around them, escaped ones, text behind them", async (t) => {
  const { rows, refused } = await readAll(
    `${header}Berlin,"Echo" , 1\nBerlin,"""Echo""",2\nBerlin, "a ""b"", c" ,3\nBerlin,"24" TV,4\nBerlin,"x"y,5\n"Berlin","last",6\n`,
  );
  t.same(rows, ["2 Berlin|Echo|1", '3 Berlin|"Echo"|2', '4 Berlin|a "b", c|3', "7 Berlin|last|6"]);
  t.same(refused, ["5 - misplaced_quote", "6 - misplaced_quote"]);
});

t.test("a row of nothing but separators is too long at 64 KiB, whatever its cells hold", async (t) => {
  const { rows, refused } = await readAll(`${header}A,one,1\n${",".repeat(3_000_000)}\nA,two,2\n`);
  t.same(rows, ["2 A|one|1", "4 A|two|2"]);
  t.same(refused, ["3 - row_too_long"]);
});

t.test("names that do not show, or hide something, are refused; joiners are not", async (t) => {
  const { rows, refused } = await readAll(
    `${header}HZ\u200b,a,1\nA,\u200d,1\nA,soft\u00adhyphen,1\nA,می\u200cخواهم,1\n`,
  );
  t.same(refused, ["2 store control_character", "3 item empty_item", "4 item control_character"]);
  t.same(rows, ["5 A|می\u200cخواهم|1"]);
});

t.test("names of nothing but fillers show nothing", async (t) => {
  for (const filler of ["\u3164", "\u115f", "\uffa0", "\u2800", "\u034f"]) {
    const { refused } = await readAll(`${header}Berlin,${filler}${filler},1\n`, {});
    t.same(refused, ["2 item empty_item"], `${filler.codePointAt(0)}`);
  }
});

t.test("a line of tabs is a row where tabs separate", async (t) => {
  for (const size of [1, 3, 65_536]) {
    const { rows, refused } = await readAll("store\titem\tcount\n\t\t\n\t\t\nA\tone\t1\n", { size });
    t.same(rows, ["4 A|one|1"]);
    t.same(refused, ["2 store empty_store", "3 store empty_store"]);
  }
});

t.test("blank lines cost nothing, however many", async (t) => {
  const { rows } = await readAll(
    `${header}A,one,1\n${"\n".repeat(4_000_000)}${"  \r\n".repeat(10)}A,two,2\n`,
  );
  t.same(rows, ["2 A|one|1", "4000013 A|two|2"]);
});

t.test("a quote in the middle of a cell is just a character", async (t) => {
  const { rows } = await readAll(`${header}Berlin,Monitor 24" wide,3\n`);
  t.same(rows, ['2 Berlin|Monitor 24" wide|3']);
});

t.test("a record over 64 KiB in the middle does not disturb its neighbours", async (t) => {
  const content = `${header}A,before,1\nA,${"z".repeat(200_000)},2\nA,after,3\n`;
  for (const size of [1_000, 65_536, 1_000_000]) {
    const { rows, refused } = await readAll(content, { size });
    t.same(rows, ["2 A|before|1", "4 A|after|3"]);
    t.same(refused, ["3 - row_too_long"]);
  }
});

t.test("a quoted cell over 64 KiB with line breaks in it is one row", async (t) => {
  const cell = `"${"line\n".repeat(20_000)}"`;
  const { rows, refused } = await readAll(`${header}A,${cell},2\nA,after,3\n`);
  t.same(refused, ["2 - row_too_long"]);
  t.same(rows, ["20003 A|after|3"]);
});

t.test("a store restriction refuses other stores and stands in for the column", async (t) => {
  const { rows, refused } = await readAll(`${header}Berlin,a,1\nParis,b,2\n`, { store: "Berlin" });
  t.same(rows, ["2 Berlin|a|1"]);
  t.same(refused, ["3 store store_not_allowed"]);
  t.same((await readAll("item,count\na,1\n", { store: "Berlin" })).rows, ["2 Berlin|a|1"]);
});

t.test("a file without a usable header or text is unusable as a whole", async (t) => {
  t.equal(await fault(""), "empty_file");
  t.equal(await fault("\ufeff"), "empty_file");
  t.equal(await fault("\n \r\n\n"), "empty_file");
  t.equal(await fault(header), "no_rows");
  t.equal(await fault("store,item,count"), "no_rows");
  t.equal(await fault("a,b,c\n1,2,3\n"), "missing_column");
  t.equal(await fault("item,count\na,1\n"), "missing_column");
  t.equal(await fault("store,item,count,Item\na,b,1,c\n"), "repeated_column");
  t.equal(await fault(Buffer.from("store,item,count\nA,b,1\nA,\xff,2\n", "latin1")), "not_utf8");
  t.equal(
    await fault(Buffer.concat([Buffer.from(`${header}A,b,1\n`), Buffer.from([0xe2, 0x82])])),
    "not_utf8",
  );
  t.equal(await fault(Buffer.from("\ufeffstore,item,count\nA,b,1\n", "utf16le")), "not_utf8");
  t.equal(await fault("sto\u0000re,item,count\nA,b,1\n"), "not_csv");
  t.equal(await fault(`${"x".repeat(200_000)}`), "not_csv");
  t.equal(await fault(`${header}A,b,-1\n`), "no_usable_rows");
});

t.test("any cells survive quoting, in chunks of any size", async (t) => {
  const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }).filter((text) => {
    const trimmed = text.trim().normalize("NFC");
    return faultOfName(trimmed, 128) === undefined;
  });
  const row = fc.record({
    store: name,
    item: name,
    count: fc.integer({ min: 0, max: 999_999_999 }),
    note: fc.string(),
  });
  const dialect = fc.record({
    delimiter: fc.constantFrom(",", ";", "\t"),
    record_delimiter: fc.constantFrom("\n", "\r\n"),
    quoted: fc.boolean(),
    bom: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { minLength: 1, maxLength: 12 }),
      dialect,
      fc.integer({ min: 1, max: 90 }),
      async (rows, style, size) => {
        const text = stringify(
          rows.map((r) => [r.store, r.note, r.item, r.count]),
          {
            ...style,
            quoted_match: /["\r\n,;\t ]|^\s|\s$/,
            header: true,
            columns: ["store", "note", "item", "count"],
          },
        );
        const read = await readAll(text, { size });
        t.same(read.refused, []);
        const clean = (value: string) => value.trim().normalize("NFC");
        t.same(
          read.rows.map((line) => line.slice(line.indexOf(" ") + 1)),
          rows.map((r) => `${clean(r.store)}|${clean(r.item)}|${r.count}`),
        );
        return read.refused.length === 0;
      },
    ),
    { numRuns: 300 },
  );
});
