import { HEADER, type HostileFile, utf16be, utf32 } from "./hostile-file.ts";

const plain = `${HEADER}Berlin,Echo,1\n`;
const BOM = "\ufeff";
const refusedWhole = (error: string) => ({ error });
const bytes = (...parts: (string | readonly number[])[]): Buffer =>
  Buffer.concat(parts.map((part) => Buffer.from(part as string)));

/** Bytes that are not UTF-8, marks of byte order, and files of another kind under a CSV's name. */
export const encodingFiles: readonly HostileFile[] = [
  {
    name: "UTF-8 with a byte order mark",
    content: BOM + plain,
    expected: { rows: ["2 Berlin|Echo|1"], refused: [] },
  },
  {
    name: "UTF-8 with two byte order marks",
    content: BOM + BOM + plain,
    expected: { rows: ["2 Berlin|Echo|1"], refused: [] },
  },
  {
    name: "a byte order mark inside the file, as joined exports have it",
    content: `${plain}${BOM}Berlin,Dot,2\n`,
    expected: { rows: ["2 Berlin|Echo|1", "3 Berlin|Dot|2"], refused: [] },
  },
  { name: "nothing but a byte order mark", content: BOM, expected: refusedWhole("empty_file") },
  {
    name: "UTF-16 LE with its mark",
    content: Buffer.from(BOM + plain, "utf16le"),
    expected: refusedWhole("not_utf8"),
  },
  { name: "UTF-16 BE with its mark", content: utf16be(BOM + plain), expected: refusedWhole("not_utf8") },
  {
    name: "UTF-16 LE without a mark",
    content: Buffer.from(plain, "utf16le"),
    expected: refusedWhole("not_csv"),
  },
  { name: "UTF-16 BE without a mark", content: utf16be(plain), expected: refusedWhole("not_csv") },
  { name: "UTF-32 LE with its mark", content: utf32(BOM + plain, true), expected: refusedWhole("not_utf8") },
  { name: "UTF-32 BE with its mark", content: utf32(BOM + plain, false), expected: refusedWhole("not_utf8") },
  { name: "UTF-32 LE without a mark", content: utf32(plain, true), expected: refusedWhole("not_csv") },
  {
    name: "Latin-1",
    content: Buffer.from(`${HEADER}Köln,Echo,1\n`, "latin1"),
    expected: refusedWhole("not_utf8"),
  },
  {
    name: "Latin-1 that happens to be UTF-8",
    content: Buffer.from(`${HEADER}KÃ¶ln,Echo,1\n`, "latin1"),
    expected: { rows: ["2 Köln|Echo|1"], refused: [] },
  },
  {
    name: "Windows-1252 quotes",
    content: bytes(HEADER, "Berlin,", [0x93], "Echo", [0x94], ",1\n"),
    expected: refusedWhole("not_utf8"),
  },
  {
    name: "Shift_JIS",
    content: bytes(HEADER, [0x93, 0x8c, 0x8b, 0x9e], ",Echo,1\n"),
    expected: refusedWhole("not_utf8"),
  },
  {
    name: "an overlong slash",
    content: bytes(HEADER, "Berlin,", [0xc0, 0xaf], ",1\n"),
    expected: refusedWhole("not_utf8"),
  },
  {
    name: "an overlong NUL",
    content: bytes(HEADER, "Berlin,", [0xc0, 0x80], ",1\n"),
    expected: refusedWhole("not_utf8"),
  },
  {
    name: "a lone surrogate",
    content: bytes(HEADER, "Berlin,", [0xed, 0xa0, 0x80], ",1\n"),
    expected: refusedWhole("not_utf8"),
  },
  {
    name: "a code point above U+10FFFF",
    content: bytes(HEADER, "Berlin,", [0xf4, 0x90, 0x80, 0x80], ",1\n"),
    expected: refusedWhole("not_utf8"),
  },
  {
    name: "a character cut by the file's end",
    content: bytes(plain, "Berlin,", [0xf0, 0x9f, 0x98]),
    expected: refusedWhole("not_utf8"),
  },
  {
    name: "the last byte of many is wrong",
    content: bytes(HEADER, "Berlin,Echo,1\n".repeat(10_000), [0xff]),
    expected: refusedWhole("not_utf8"),
  },
  {
    name: "noncharacters",
    content: `${HEADER}Ber\uffffin,Echo,1\nBerlin,\ufdd0,1\nBerlin,Dot,2\n`,
    expected: { rows: ["2 Ber\uffffin|Echo|1", "4 Berlin|Dot|2"], refused: ["3 item empty_item"] },
  },
  {
    name: "a NUL in the header",
    content: "sto\0re,item,count\nBerlin,Echo,1\n",
    expected: refusedWhole("not_csv"),
  },
  {
    name: "a NUL in a name",
    content: `${HEADER}Ber\0lin,Echo,1\nBerlin,Echo,2\n`,
    expected: { rows: ["3 Berlin|Echo|2"], refused: ["2 store control_character"] },
  },
  {
    name: "a NUL in a count",
    content: `${HEADER}Berlin,Echo,1\u0000\nBerlin,Echo,2\n`,
    expected: { rows: ["3 Berlin|Echo|2"], refused: ["2 count bad_count"] },
  },
  {
    name: "a line of NUL, as a crash leaves them",
    content: `${plain}${"\0".repeat(4_096)}`,
    expected: { rows: ["2 Berlin|Echo|1"], refused: ["3 - ragged_row"] },
  },
  {
    name: "a control-Z at the end, as DOS wrote it",
    content: `${plain}\u001a`,
    expected: { rows: ["2 Berlin|Echo|1"], refused: ["3 - ragged_row"] },
  },
  {
    name: "gzip",
    content: bytes([0x1f, 0x8b, 0x08, 0x00, 0, 0, 0, 0, 0, 0xff], [0xed, 0xc1, 0x01, 0x0d, 0x00]),
    expected: refusedWhole("not_utf8"),
  },
  {
    name: "a zip, so also an Excel workbook",
    content: bytes("PK\u0003\u0004", [0x14, 0, 6, 0, 8, 0, 0, 0, 0x21, 0, 0xb5, 0xfa]),
    expected: refusedWhole("not_utf8"),
  },
  {
    name: "an old Excel workbook",
    content: bytes([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]),
    expected: refusedWhole("not_utf8"),
  },
  { name: "a PDF", content: "%PDF-1.7\n1 0 obj\n", expected: refusedWhole("missing_column") },
  {
    name: "a web page",
    content: "<!DOCTYPE html>\n<title>Sign in</title>\n",
    expected: refusedWhole("missing_column"),
  },
  {
    name: "JSON",
    content: '{"store":"Berlin","item":"Echo","count":1}\n',
    expected: refusedWhole("not_csv"),
  },
  {
    name: "random bytes",
    content: Buffer.from("8f3ca1d07be2559900fe", "hex"),
    expected: refusedWhole("not_utf8"),
  },
];
