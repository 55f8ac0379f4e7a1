import t from "tap";
import { decideOmitted } from "../src/order/decide-row.ts";
import { planLoad } from "../src/order/load-order.ts";
import { explore, type Guards, type ModelFile, realGuards, type Scenario } from "./order-model.ts";

/** Which of the three files, from the oldest, replace their store. */
const REPLACING = [[1], [2], [0, 1]];
const SHAPES: readonly ModelFile["rows"][] = [{ a: 5 }, { b: 7 }];

function* scenarios(limits: { readonly crashes: number; readonly giveUps?: number }): Generator<Scenario> {
  for (const replacing of REPLACING) {
    for (const first of SHAPES) {
      for (const second of SHAPES) {
        // Two alike differ from one that comes twice, and that is explored elsewhere.
        if (first === second) continue;
        for (const third of SHAPES) {
          const files = [first, second, third].map((rows, index) => ({
            version: String(index + 1),
            rows,
            replaces: replacing.includes(index),
          }));
          yield { files, workers: [0, 1, 2], before: { a: 1 }, ...limits };
        }
      }
    }
  }
}

for (const limits of [{ crashes: 0 }, { crashes: 1 }, { crashes: 0, giveUps: 1 }]) {
  t.test(`nothing that a replacing file omits comes back: ${JSON.stringify(limits)}`, async (t) => {
    let states = 0;
    for (const scenario of scenarios(limits)) {
      const { violation, states: count } = explore(scenario, realGuards);
      states += count;
      if (violation !== undefined) t.fail(`${violation} in ${JSON.stringify(scenario)}`);
    }
    t.ok(states > 10_000, `${states} states`);
  });
}

/** Each of these is one guard less; the exploration must find out. */
const broken: Record<string, Partial<Guards>> = {
  "what an older open load may bring in is not retired": {
    omit: (standing, version) => decideOmitted(standing, version, false),
  },
  "a newer replacing load is taken for one that says nothing of the rest": {
    plan: (self, entries) => {
      const plan = planLoad(self, entries);
      return plan.action === "load" ? { ...plan, replacedStores: new Map() } : plan;
    },
  },
  "items are retired over a newer version": {
    omit: (standing, version, mayComeBack) => {
      const decision = decideOmitted(standing, version, mayComeBack);
      return decision === "stale" ? "retire" : decision;
    },
    writeGuarded: false,
  },
};

for (const [name, guards] of Object.entries(broken)) {
  t.test(`noticed: ${name}`, async (t) => {
    let found: string | undefined;
    for (const scenario of scenarios({ crashes: 1 })) {
      found = explore(scenario, { ...realGuards, ...guards }).violation;
      if (found !== undefined) break;
    }
    t.ok(found, found ?? "no violation found");
  });
}
