import t from "tap";
import { inspectFile } from "../src/file/inspect-file.ts";

const GIGABYTE = 1_000_000_000;
const CHUNK = 64 * 1024;

/** A file that is made as it is read: a beginning, and then the same bytes over and over. */
async function* endless(beginning: string, piece: string, bytes: number): AsyncGenerator<Buffer> {
  yield Buffer.from(beginning);
  const chunk = Buffer.alloc(CHUNK, piece);
  for (let sent = 0; sent < bytes; sent += CHUNK) yield chunk;
}

/** The verdict, and by how many bytes memory grew at most while the file was read. */
const read = async (beginning: string, piece: string, bytes: number) => {
  let peak = 0;
  const before = process.memoryUsage.rss();
  const watched = async function* () {
    let chunks = 0;
    for await (const chunk of endless(beginning, piece, bytes)) {
      if (chunks++ % 200 === 0) peak = Math.max(peak, process.memoryUsage.rss() - before);
      yield chunk;
    }
  };
  const verdict = await inspectFile(
    watched(),
    undefined,
    async () => undefined,
    async () => undefined,
  );
  return { code: verdict.usable ? "usable" : verdict.error.code, verdict, peak };
};

const HEADER = "store,item,count\nBerlin,Echo,1\n";

/** What is looked at byte by byte takes too long for a gigabyte on a busy machine: that it is no more is what counts. */
const QUARTER = GIGABYTE / 4;

t.test("files without end are read in bounded memory, each with its code", async (t) => {
  const cases = [
    ["a gigabyte without a line end", "", "x", GIGABYTE, "not_csv"],
    ["a row without an end", `${HEADER}Berlin,`, "x", GIGABYTE, "row_too_long"],
    ["a quote that is never closed", `${HEADER}Berlin,"`, "x", QUARTER, "unclosed_quote"],
    ["nothing but quotes", `${HEADER}`, '"', QUARTER, "row_too_long"],
    ["nothing but separators", HEADER, ",", QUARTER, "row_too_long"],
    ["nothing but blanks", HEADER, " ", QUARTER, undefined],
    ["nothing but line ends", HEADER, "\n", QUARTER, undefined],
  ] as const;
  for (const [name, beginning, piece, bytes, code] of cases) {
    const { code: found, verdict, peak } = await read(beginning, piece, bytes);
    t.comment(`${name}: ${Math.round(peak / 1e6)} MB`);
    if (code === "not_csv") t.equal(found, code, name);
    else {
      t.equal(found, "usable", name);
      t.same(
        verdict.rejected.map((row) => row.code),
        code === undefined ? [] : [code],
        name,
      );
    }
    t.ok(peak < 150_000_000, `${name}: memory grew by ${Math.round(peak / 1e6)} MB`);
  }
});
