import { readFileSync } from "node:fs";
import t from "tap";
import { benchmarks } from "../../benchmarks.ts";
import { alternate } from "../alternate.ts";
import { ratioCells, verdictOf } from "../judge-ratio.ts";
import { pageFile, pageOf, readResults } from "../keep-results.ts";
import type { Measured } from "../measured.ts";
import { ratioOf } from "../ratio.ts";
import { renderOutcome } from "../render-text.ts";
import { renderPage } from "../write-page.ts";

const measured: Measured = {
  name: "load",
  title: "From a file to the table",
  about: "The worker beside a loop.",
  at: "2026-01-02T03:04:05.000Z",
  seconds: 61,
  machine: {
    processor: "Some processor",
    cores: 2,
    memoryGiB: 24,
    system: "Linux",
    loadBefore: 0.4,
    versions: { "Node.js": "24.1.0" },
  },
  tables: [{ title: "Rows", columns: ["way", "rows/s"], rows: [["a | b", "1,000"]] }],
  ratios: [
    { name: "load/a-to-b", value: 0.789, spread: [0.7, 0.9], target: { kind: ">=", value: 0.8 } },
    { name: "load/shown", value: 12.34, spread: [12, 13] },
  ],
};

t.test("a target is judged by the median, and rounds on the other side are told of", async (t) => {
  const target = { kind: ">=", value: 2 } as const;
  const ratio = ratioOf("x/y", [20, 30, 20], [10, 10, 10], target);
  t.same(ratioCells(ratio), ["x/y", "2", "2 to 3", "at least 2", "met"]);
  t.equal(verdictOf({ ...ratio, spread: [1.9, 3] }), "met (not in every round)");
  t.equal(verdictOf({ ...ratio, value: 1.9, spread: [1.8, 2.1] }), "missed (not in every round)");
  t.equal(verdictOf({ ...ratio, value: 1.9, spread: [1.8, 1.99] }), "missed");
  t.equal(verdictOf({ ...ratio, target: { kind: "<=", value: 2 } }), "met (not in every round)");
  t.equal(verdictOf({ name: "x/y", value: 1, spread: [1, 1] }), "");
});

t.test("ways are measured in turns, the warm-up thrown away, and a wrong result ends it", async (t) => {
  const order: string[] = [];
  const way = (name: string) => async (round: number) => {
    order.push(`${name}${round}`);
    return round;
  };
  const figures = await alternate({ a: way("a"), b: way("b") }, 2, () => undefined);
  t.same(figures, { a: [0, 1], b: [0, 1] });
  t.same(order, ["b-1", "a-1", "a0", "b0", "b1", "a1"]);
  const wrong = async (): Promise<number> => {
    throw new Error("wrong");
  };
  await t.rejects(
    alternate({ wrong }, 1, () => undefined),
    { message: "wrong" },
  );
});

t.test("the page has figures, targets, findings and the machine, in order", async (t) => {
  const other = { ...measured, name: "reload", title: "The same file again" };
  const page = renderPage(
    { reload: other, load: measured, gone: { ...measured, title: "No benchmark any more" } },
    {
      names: ["load", "reload", "never-measured"],
      findings: (name) => (name === "load" ? "\nThe emulator bounds it.\n" : undefined),
    },
  );
  t.matchOnly(page, /## Targets[\s\S]*## From a file to the table[\s\S]*## The same file again/);
  t.match(page, "2 targets, 0 met.");
  t.match(
    page,
    "| load/a-to-b | 0.79 | 0.7 to 0.9 | at least 0.8 | missed (not in every round) | " +
      "[From a file to the table](#from-a-file-to-the-table) |",
  );
  t.match(page, "| a \\| b | 1,000 |");
  t.match(page, "| load/a-to-b | 0.79 | 0.7 to 0.9 | at least 0.8 | missed (not in every round) |");
  t.match(page, "| load/shown | 12.3 | 12 to 13 |  |  |");
  t.match(page, "The emulator bounds it.");
  t.match(
    page,
    "Measured on 2026-01-02: Some processor, 2 cores, 24 GiB, Linux, load 0.4 before, Node.js 24.1.0.",
  );
  t.notMatch(page, "No benchmark any more");
});

t.test(
  "the page names the commit, the load and the database, and leaves other versions to the results",
  async (t) => {
    const machine = {
      ...measured.machine,
      loadAtEnd: 2.5,
      commit: "abc1234 + changes",
      database: "dynoxide",
      versions: { "Node.js": "24.1.0", dynoxide: "1.2.1", udsv: "0.7.3" },
    } as const;
    const page = renderPage(
      { load: { ...measured, machine } },
      { names: ["load"], findings: () => undefined },
    );
    t.match(
      page,
      "load 0.4 before and 2.5 at the end, commit abc1234 + changes, Node.js 24.1.0, dynoxide 1.2.1.",
    );
  },
);

t.test("of what was not measured only that is said, and how to", async (t) => {
  const page = renderPage({}, { names: ["load"], findings: () => "| way | rows/s |\n" });
  t.match(page, "## Not measured: load\n\nNo full run of it is kept; `npm run bench -- load` measures it.");
  t.notMatch(page, "rows/s");
  t.notMatch(page, "## Targets");
});

t.test("the terminal gets the same figures", async (t) => {
  const text = renderOutcome(measured);
  t.match(text, "load: From a file to the table (61 s)");
  t.match(text, /load\/a-to-b +0.79 +0.7 to 0.9 +at least 0.8 +missed/);
});

t.test("every benchmark is found by the name that it has", async (t) => {
  for (const [name, load] of Object.entries(benchmarks)) t.equal((await load()).benchmark.name, name);
});

t.test("the page in the repository is that of its results and findings", async (t) => {
  t.equal(
    readFileSync(pageFile, "utf8"),
    pageOf(readResults()),
    "npm run bench -- --page brings it up to date",
  );
});
