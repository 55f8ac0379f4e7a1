import t from "tap";
import type { Ratio } from "../benchmark.ts";
import { complaintsOf, deriveFloor, type Floors } from "../floors.ts";
import { type Guarding, guard, measureFloors } from "../guard.ts";
import type { Measured } from "../measured.ts";

const ratio = (name: string, value: number): Ratio => ({ name, value, spread: [value, value] });
const floors: Floors = {
  "load/speed": { atLeast: 0.7, measured: [] },
  "delay/p95": { atMost: 1.7, measured: [] },
};
const measured = (name: string, ratios: readonly Ratio[]): Measured => ({
  name,
  title: name,
  about: "",
  at: "2026-01-01T00:00:00.000Z",
  seconds: 1,
  machine: { processor: "", cores: 1, memoryGiB: 1, system: "", loadBefore: 0, versions: {} },
  tables: [],
  ratios,
});

/** The guard over benchmarks whose runs give these values, one after the other; an error is thrown. */
const guarding = (
  runs: readonly (number | Error)[],
  change: Partial<Guarding> = {},
): { readonly asked: string[]; readonly options: Guarding } => {
  const left = [...runs];
  const asked: string[] = [];
  const measure = async (name: string): Promise<Measured> => {
    asked.push(name);
    const value = left.shift();
    if (value === undefined) throw new Error(`${name} was measured too often`);
    if (value instanceof Error) throw value;
    return measured(name, [ratio(name === "delay" ? "delay/p95" : `${name}/speed`, value)]);
  };
  const known = ["parse", "load", "delay"];
  const say = () => undefined;
  return {
    asked,
    options: { chosen: known, known, floors, database: "DynamoDB Local", measure, say, ...change },
  };
};

t.test("a ratio may lie at its floor, and no further", async (t) => {
  const held = (name: string, value: number) =>
    complaintsOf([ratio(name, value)], { [name]: floors[name] ?? { atLeast: 9, measured: [] } });
  t.same(held("load/speed", 0.7), []);
  t.match(held("load/speed", 0.69), [/^load\/speed is 0\.69: under its floor of 0\.7 .*--guard load;/]);
  t.same(held("delay/p95", 1.7), []);
  t.match(held("delay/p95", 1.71), [/^delay\/p95 is 1\.71: over its limit of 1\.7 /]);
});

t.test("what is no number, or was not measured at all, holds no floor", async (t) => {
  for (const name of Object.keys(floors)) {
    const one = { [name]: floors[name] ?? { atLeast: 9, measured: [] } };
    t.match(complaintsOf([ratio(name, Number.NaN)], one), [/was not measured/]);
    t.match(complaintsOf([ratio("load/other", 3)], one), [/was not measured/]);
  }
});

t.test("the guard measures only what has floors, and what lies under them once more", async (t) => {
  const second = guarding([0.5, 0.9, 1]);
  t.same(await guard(second.options), { complaints: [], skipped: [] }, "the second run decides");
  t.same(second.asked, ["load", "load", "delay"]);
  const both = guarding([0.5, 0.6, 1]);
  t.match((await guard(both.options)).complaints, [/load\/speed is 0\.60: under its floor/]);
});

t.test("of chosen benchmarks only those are held, and the others' floors are no fault", async (t) => {
  const { asked, options } = guarding([0.9], { chosen: ["load"] });
  t.same(await guard(options), { complaints: [], skipped: [] });
  t.same(asked, ["load"]);
});

t.test("a wrong result fails at once, though another run would pass", async (t) => {
  const { asked, options } = guarding([new Error("7 rows in the table, should be 8"), 0.9], {
    chosen: ["load"],
  });
  t.same((await guard(options)).complaints, ["load: 7 rows in the table, should be 8"]);
  t.same(asked, ["load"], "it is not measured again");
});

t.test("a guard that holds nothing fails", async (t) => {
  t.match((await guard(guarding([], { floors: {} }).options)).complaints, [/no floors were held.*nothing/]);
  const unknown = guarding([0.9], { chosen: ["load"], known: ["load"] });
  t.same((await guard(unknown.options)).complaints, [
    "delay/p95 has a floor, and there is no such benchmark",
  ]);
  const without = guarding([], { chosen: ["parse"] });
  t.match((await guard(without.options)).complaints, [/no floors were held.*load, delay/]);
});

t.test("a floor that is about another database is not held, and that is said", async (t) => {
  const onDynamo: Floors = {
    ...floors,
    "load/speed": { atLeast: 0.7, measured: [], database: "DynamoDB Local" },
  };
  const { asked, options } = guarding([1], { floors: onDynamo, database: "dynoxide" });
  const { complaints, skipped } = await guard(options);
  t.same(complaints, []);
  t.same(skipped, ["NOT HELD: load/speed is a floor on DynamoDB Local; here dynoxide stands in"]);
  t.same(asked, ["delay"]);
  const alone = guarding([], { floors: onDynamo, database: "dynoxide", chosen: ["load"] });
  t.match((await guard(alone.options)).complaints, [/no floors were held/]);
  await t.rejects(measureFloors(options, 2), { message: /NOT HELD: load\/speed/ });
});

t.test("floors follow from short runs: the worst, and as much beyond it as they lay apart", async (t) => {
  const { options } = guarding([0.9, 0.8, 0.84, 1.1, 1.4, 1.2]);
  t.same(await measureFloors(options, 3), {
    "load/speed": { atLeast: 0.7, measured: [0.9, 0.8, 0.84] },
    "delay/p95": { atMost: 1.7, measured: [1.1, 1.4, 1.2] },
  });
  const kept = deriveFloor({ atLeast: 1, measured: [1], database: "DynamoDB Local" }, [2, 3]);
  t.same(kept, { atLeast: 1, measured: [2, 3], database: "DynamoDB Local" });
});
