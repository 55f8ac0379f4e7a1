import t from "tap";
import type { Ratio } from "../benchmark.ts";
import { complaintsOf, guard } from "../guard.ts";
import type { Measured } from "../measured.ts";

const ratio = (name: string, value: number): Ratio => ({ name, value, spread: [value, value] });
const floors = {
  "load/speed": { atLeast: 0.8, noise: 0.1 },
  "delay/p95": { atMost: 1.5, noise: 0.2 },
};
const ofLoad = { "load/speed": floors["load/speed"] };
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

t.test("a ratio may lie under its floor by the noise, and no further", async (t) => {
  t.same(complaintsOf("load", [ratio("load/speed", 0.71)], floors), []);
  t.match(complaintsOf("load", [ratio("load/speed", 0.69)], floors), [/load\/speed is 0.69: under 0.8/]);
  t.same(complaintsOf("delay", [ratio("delay/p95", 1.69)], floors), []);
  t.match(complaintsOf("delay", [ratio("delay/p95", 1.71)], floors), [/delay\/p95 is 1.71: over 1.5/]);
});

t.test("what is no number, or was not measured at all, holds no floor", async (t) => {
  t.equal(complaintsOf("load", [ratio("load/speed", Number.NaN)], floors).length, 1);
  t.equal(complaintsOf("delay", [ratio("delay/p95", Number.NaN)], floors).length, 1);
  t.match(complaintsOf("load", [ratio("load/other", 3)], floors), [/was not measured/]);
});

t.test("the guard measures only what has floors, and what fails once more", async (t) => {
  const asked: string[] = [];
  const values = [0.5, 0.9];
  const measure = async (name: string): Promise<Measured> => {
    asked.push(name);
    return measured(name, [ratio(`${name}/speed`, values.shift() ?? 0)]);
  };
  const names = ["parse", "load"];
  t.same(await guard(names, measure, () => undefined, ofLoad), [], "the second run decides");
  t.same(asked, ["load", "load"]);
  t.equal((await guard(names, measure, () => undefined, ofLoad)).length, 1, "it fails twice");
});

t.test("a floor that nothing is held against fails the guard", async (t) => {
  const fine = async (name: string) => measured(name, [ratio("load/speed", 1)]);
  const say = () => undefined;
  t.match(await guard(["load"], fine, say, {}), [/no floors/]);
  t.match(await guard(["load"], fine, say, floors), [
    /delay\/p95 has a floor, and there is no such benchmark/,
  ]);
});

t.test("a benchmark that found a wrong result fails the guard", async (t) => {
  const wrong = async (): Promise<Measured> => {
    throw new Error("7 rows in the table, should be 8");
  };
  t.match(await guard(["load"], wrong, () => undefined, ofLoad), [/load: 7 rows in the table/]);
});
