import t from "tap";
import { decideRow } from "../src/order/decide-row.ts";
import { type LedgerEntry, planLoad } from "../src/order/load-order.ts";
import { explore, type Guards, type ModelFile, realGuards, type Scenario } from "./order-model.ts";

const shapes: Record<string, number>[] = [{ a: 5 }, { a: 7 }, { a: 5, b: 7 }];
const files = (...rows: (Record<string, number> | undefined)[]): ModelFile[] =>
  rows.map((row, index) => ({ version: String(index + 1), rows: row ?? {} }));

function* scenarios(crashes: number): Generator<Scenario> {
  for (const first of shapes) {
    for (const second of shapes) {
      for (const third of shapes) {
        yield { files: files(first, second, third), workers: [0, 1, 2], before: { a: 5 }, crashes };
      }
    }
  }
}

t.test("every interleaving of three loads ends in the newest rows", async (t) => {
  let states = 0;
  for (const scenario of scenarios(0)) {
    const { violation, states: count } = explore(scenario, realGuards);
    states += count;
    if (violation !== undefined) t.fail(`${violation} in ${JSON.stringify(scenario)}`);
  }
  t.ok(states > 10_000, `${states} states`);
});

t.test("and with a crash anywhere", async (t) => {
  let states = 0;
  for (const scenario of scenarios(1)) {
    const { violation, states: count } = explore(scenario, realGuards);
    states += count;
    if (violation !== undefined) t.fail(`${violation} in ${JSON.stringify(scenario)}`);
  }
  t.ok(states > 50_000, `${states} states`);
});

t.test("and with the same event delivered twice at once, and crashes", async (t) => {
  for (const workers of [
    [0, 1, 1],
    [0, 0, 1],
    [0, 0, 0],
  ]) {
    for (const first of shapes) {
      for (const second of shapes) {
        const scenario = { files: files(first, second), workers, before: { a: 5 }, crashes: 1 };
        const { violation } = explore(scenario, realGuards);
        // Two workers at the same upload may both have loaded it only if that is one upload: never a violation.
        if (violation !== undefined) t.fail(`${violation} in ${JSON.stringify(scenario)}`);
      }
    }
  }
  t.pass("no violation");
});

t.test("and with a load given up in the middle and brought back at any later time", async (t) => {
  let states = 0;
  for (const scenario of scenarios(0)) {
    // With all rows alike there is nothing to get wrong but the number of loads, which is not asked here.
    if (scenario.files.every(({ rows }) => rows === scenario.files[0]?.rows)) continue;
    const { violation, states: count } = explore({ ...scenario, giveUps: 1 }, realGuards);
    states += count;
    if (violation !== undefined) t.fail(`${violation} in ${JSON.stringify(scenario)}`);
  }
  t.ok(states > 100_000, `${states} states`);
});

t.test("and with one of two deliveries given up while the other is at work", async (t) => {
  for (const first of shapes) {
    for (const second of shapes) {
      const scenario = { files: files(first, second), workers: [0, 0, 1], before: { a: 5 }, crashes: 0 };
      const { violation } = explore({ ...scenario, giveUps: 1 }, realGuards);
      if (violation !== undefined) t.fail(`${violation} in ${JSON.stringify(scenario)}`);
    }
  }
  t.pass("no violation");
});

t.test("5, 7, 5 arriving as oldest, newest, middle end in 5, and the newest costs no write", async (t) => {
  const scenario = { files: files({ a: 5 }, { a: 7 }, { a: 5 }), workers: [0, 1, 2], before: {}, crashes: 1 };
  t.equal(explore(scenario, realGuards).violation, undefined);
  t.equal(
    decideRow({ Count: 5, Level: "ok", Version: "1" }, { count: 5, level: "ok" }, "3", false),
    "unchanged",
  );
});

/** Each of these is one guard less; the exploration must find out. */
const broken: Record<string, Partial<Guards>> = {
  "an older open load is ignored": {
    plan: (self, entries) => {
      const plan = planLoad(self, entries);
      return plan.action === "load" ? { ...plan, writeEveryRowOf: new Set() } : plan;
    },
  },
  "a newer open load is not waited for": {
    plan: (self, entries) =>
      planLoad(
        self,
        new Map(
          [...entries].map(([store, list]): [string, LedgerEntry[]] => [
            store,
            list.filter((entry) => entry.version <= self.version || entry.state !== "open"),
          ]),
        ),
      ),
  },
  "a newer finished file is not looked at": {
    plan: (self, entries) => {
      const plan = planLoad(self, entries);
      return plan.action === "load" ? { ...plan, newerFiles: [] } : plan;
    },
  },
  "loads read before they register": { registerFirst: false },
  "writes are not guarded by the version": { writeGuarded: false },
  "a newer version in the table is not respected": {
    decide: (standing, row, version, every) => {
      const decision = decideRow(standing, row, version, every);
      return decision === "stale" ? "update" : decision;
    },
    writeGuarded: false,
  },
  "the same bytes may load at the same time": { contentLock: false },
};

for (const [name, guards] of Object.entries(broken)) {
  t.test(`noticed: ${name}`, async (t) => {
    let found: string | undefined;
    for (const scenario of scenarios(1)) {
      found = explore(scenario, { ...realGuards, ...guards }).violation;
      if (found !== undefined) break;
    }
    t.ok(found, found ?? "no violation found");
  });
}

t.test("duplicates", async (t) => {
  const entry = (version: string, content: string, more: Partial<LedgerEntry> = {}): LedgerEntry => ({
    version,
    content,
    mode: "load",
    state: "finished",
    uploadId: `upload-${version}`,
    givenUp: false,
    ...more,
  });
  const plan = (version: string, content: string, ...lists: LedgerEntry[][]) =>
    planLoad(
      { version, content },
      new Map(
        lists.map((list, index): [string, LedgerEntry[]] => [
          `store ${index}`,
          [...list, entry(version, content, { state: "open" })],
        ]),
      ),
    );

  t.match(plan("2", "A", [entry("1", "A")]), { action: "duplicate", of: "upload-1" }, "the same bytes again");
  t.match(
    plan("3", "A", [entry("1", "A"), entry("2", "B")]),
    { action: "load" },
    "another load between: new",
  );
  t.match(
    plan("3", "A", [entry("1", "A"), entry("2", "A", { state: "duplicate", duplicateOf: "upload-1" })]),
    { action: "duplicate", of: "upload-1" },
    "a duplicate's duplicate names the original",
  );
  t.match(
    plan("1", "A", [entry("2", "A")]),
    { action: "duplicate", of: "upload-2" },
    "the older one came later",
  );
  t.match(
    plan("1", "A", [entry("2", "B"), entry("3", "A")]),
    { action: "load" },
    "another between it and the newer",
  );
  t.match(plan("2", "A", [entry("1", "A")], [entry("1", "B")]), { action: "load" }, "not in every store");
  t.match(plan("2", "A", [entry("1", "A")], []), { action: "load" }, "unknown in one store");
  t.match(plan("2", "A", [entry("3", "B", { state: "open" })]), { action: "wait", uploadId: "upload-3" });
  t.match(
    plan("2", "A", [entry("3", "B", { state: "open", givenUp: "lately" })]),
    { action: "load", newerFiles: [] },
    "nobody waits for a load that was given up",
  );
  t.match(
    plan("2", "A", [entry("1", "B", { state: "open", givenUp: "long ago" })]),
    { action: "load", writeEveryRowOf: new Set() },
    "nor minds an older one that was given up",
  );
  t.match(
    plan("2", "A", [entry("1", "B", { state: "open", givenUp: "lately" })]),
    { action: "load", writeEveryRowOf: new Set(["store 0"]) },
    "unless another delivery of it may still be at work",
  );
  t.match(
    planLoad(
      { version: "2", content: "A" },
      new Map([["s", [entry("2", "A"), entry("3", "B", { state: "open" })]]]),
    ),
    { action: "conclude" },
    "its own finished entry ends it",
  );
});
