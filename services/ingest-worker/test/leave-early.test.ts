import t from "tap";
import { inspectFile } from "../src/file/inspect-file.ts";
import { readRows, readRowsFrom } from "../src/file/read-rows.ts";

/** A file without end, and whether whoever read it has let go of it: it holds memory and a connection until then. */
const startFile = (header = "store,item,count\n") => {
  const state = { isOpen: true };
  const chunks = async function* (): AsyncGenerator<Buffer> {
    try {
      yield Buffer.from(`${header}Berlin,Echo,1\n`);
      for (;;) yield Buffer.from("Berlin,Echo,1\n");
    } finally {
      state.isOpen = false;
    }
  };
  return { state, chunks };
};

t.test("a reader that has seen enough lets go of the file", async (t) => {
  const { state, chunks } = startFile();
  for await (const { rows } of readRows(chunks(), undefined)) if (rows.length > 0) break;
  t.equal(state.isOpen, false);
});

t.test("a reader that goes on from the middle lets go of the beginning, and of the rest", async (t) => {
  const [beginning, rest] = [startFile(), startFile("")];
  const from = (offset: number) => (offset === 0 ? beginning : rest).chunks();
  for await (const { rows } of readRowsFrom(from, undefined, { offset: 31, line: 3 })) {
    t.equal(beginning.state.isOpen, false);
    if (rows.length > 0) break;
  }
  t.equal(rest.state.isOpen, false);
});

t.test("a file whose header is of no use is let go of", async (t) => {
  for (const read of [
    (chunks: AsyncIterable<Buffer>) => readRows(chunks, undefined),
    (chunks: AsyncIterable<Buffer>) => readRowsFrom(() => chunks, undefined, { offset: 31, line: 3 }),
  ]) {
    const { state, chunks } = startFile("shop,thing,number\n");
    await t.rejects(read(chunks()).next(), { code: "missing_column" });
    t.equal(state.isOpen, false);
  }
});

t.test("where the first pass fails on something else, the file is let go of", async (t) => {
  const { state, chunks } = startFile();
  const lost = new Error("no progress can be noted");
  const inspecting = inspectFile(
    chunks(),
    undefined,
    async () => undefined,
    () => Promise.reject(lost),
  );
  await t.rejects(inspecting, lost);
  t.equal(state.isOpen, false);
});
