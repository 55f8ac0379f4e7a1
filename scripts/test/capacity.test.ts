import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import t from "tap";
import { reportCapacity } from "../capacity/document.ts";
import { LIMITS } from "../capacity/limits.ts";
import { quantile } from "../capacity/outcome.ts";
import { type Policy, readPolicy } from "../capacity/policy.ts";
import { createScaler } from "../capacity/scaler.ts";
import { createScenarios, type Scenario } from "../capacity/scenarios.ts";
import { simulate } from "../capacity/simulate.ts";
import { createTable } from "../capacity/table.ts";
import { workOf } from "../capacity/work.ts";
import { fillBlocks } from "../cost/blocks.ts";
import { synthesize, type Template } from "../cost/templates.ts";

const policy: Policy = {
  fewest: 1,
  most: 8,
  cpu: 0.25,
  memory: 0.5,
  concurrency: 4,
  parallelReads: 4,
  metric: "backlog",
  target: 20,
  scaleInCooldownSeconds: 120,
  wakes: false,
};
const burst = (stores: number, rows: number, tableUnits: number = LIMITS.mostTableUnits): Scenario => ({
  tableUnits,
  files: Array.from({ length: stores }, (_, store) => ({ arrivesAt: 0, store, rows, changed: 0.2 })),
});

t.test("every file that arrives leaves, whatever the policy", async (t) => {
  const policies: Policy[] = [
    policy,
    { ...policy, metric: "cpu", target: 70 },
    { ...policy, metric: "none" },
    { ...policy, fewest: 0, wakes: true },
  ];
  for (const scenario of createScenarios(7).slice(0, 6)) {
    for (const one of policies) {
      const { delays } = simulate(scenario, one, 7);
      t.equal(delays.length, scenario.files.length, `${scenario.name}, ${one.metric}, from ${one.fewest}`);
      t.ok(
        delays.every((delay) => delay > LIMITS.eventSeconds),
        "none before it came",
      );
    }
  }
});

t.test("never more tasks than the most, nor fewer than the fewest", async (t) => {
  const { moments, settledAt } = simulate(burst(3_000, 3_000), policy, 3);
  const running = moments.map((moment) => moment.running);
  t.equal(Math.max(...running), policy.most, "a long backlog takes all that it may");
  t.equal(Math.min(...running), policy.fewest);
  t.equal(running.at(-1), policy.fewest, "and gives them back");
  t.ok(settledAt < 7_200);
});

t.test("a lone message never waits for ever", async (t) => {
  const lone = burst(1, 10);
  t.ok(quantile(simulate(lone, policy, 1).delays, 1) < 3, "with a task that always runs it hardly waits");
  const fromZero = simulate(lone, { ...policy, fewest: 0, wakes: true }, 1);
  t.ok(quantile(fromZero.delays, 1) < 300, "with none it waits for the alarm and the start of a task");
  t.throws(
    () => simulate(lone, { ...policy, fewest: 0, wakes: false }, 1),
    /1 files were never loaded/,
    "target tracking alone would leave it: one message is less than a task's worth",
  );
});

t.test("the same seed gives the same run", async (t) => {
  const scenario = burst(1_500, 4_000);
  t.same(simulate(scenario, policy, 5), simulate(scenario, policy, 5));
  t.notSame(simulate(scenario, policy, 5).delays, simulate(scenario, policy, 6).delays);
});

t.test("work that only CPU holds up takes the CPU time that it needs", async (t) => {
  const alone: Policy = { ...policy, metric: "none", concurrency: 16 };
  const { drainedAt, cpuSeconds, limits } = simulate(burst(400, 1_000), alone, 1);
  const file = { arrivesAt: 0, store: 0, rows: 1_000, changed: 0.2 };
  const wanted = 400 * workOf(file, policy.parallelReads).cpuSeconds;
  t.ok(Math.abs(cpuSeconds - wanted) < 0.01 * wanted, `${cpuSeconds} s for ${wanted} s`);
  t.ok(Math.abs(drainedAt * policy.cpu - wanted) < 0.05 * wanted, `drained after ${drainedAt} s`);
  t.ok(limits.cpu > 0.9 * drainedAt);
});

t.test("a store's partition and the table hold files up at what AWS allows", async (t) => {
  const file = { arrivesAt: 0, store: 0, rows: 300_000, changed: 1 };
  const { units } = workOf(file, policy.parallelReads);
  const large = { ...policy, cpu: 1 };
  const one = simulate({ tableUnits: 40_000, files: [file] }, large, 1);
  t.ok(Math.abs(one.drainedAt - units / LIMITS.partitionUnits) < 5, "one store: one partition");
  const two = simulate({ tableUnits: 40_000, files: [file, file] }, large, 1);
  t.ok(Math.abs(two.drainedAt - (2 * units) / LIMITS.partitionUnits) < 10, "two files of it share that");
  const many = burst(1_000, 1_000, LIMITS.newTableUnits);
  const all = many.files.reduce((sum, each) => sum + workOf(each, 4).units, 0);
  const run = simulate(many, { ...large, fewest: 8, metric: "none" }, 1);
  t.ok(Math.abs(run.drainedAt - all / LIMITS.newTableUnits) < 5, "all stores: a new table");
});

t.test("a table takes twice its previous peak, once that is half an hour old", async (t) => {
  const table = createTable(4_000);
  for (let second = 0; second < 120; second++) table.consume(second, 3_000);
  t.equal(table.unitsPerSecond(130), 4_000);
  t.equal(table.unitsPerSecond(1_800 + 130), 6_000);
  for (let second = 2_000; second < 2_120; second++) table.consume(second, 30_000);
  t.equal(table.unitsPerSecond(5_000), 40_000, "up to the table's quota");
});

t.test("three minutes above the target add tasks, fifteen below take them away", async (t) => {
  const scaler = createScaler({ ...policy, most: 50 });
  const seen = Array.from({ length: 30 }, (_, minute) => {
    const visible = minute >= 2 && minute < 8 ? 200 : 0;
    return scaler.observe(minute * 60, { running: 1, visible, cpuLoad: 0 });
  });
  t.equal(
    seen.findIndex((wanted) => wanted > 1),
    5,
    "minutes 2 to 4 are known at the end of minute 5",
  );
  t.equal(seen[5], 10, "as many as bring the backlog of each to the target");
  t.equal(
    seen.findIndex((wanted, minute) => minute > 5 && wanted < 10),
    23,
    "minutes 8 to 22",
  );
});

t.test("the policy is what the templates say", async (t) => {
  const templates = (overrides: object = {}): Template[] => [
    {
      stack: "stockwire-prod-services",
      resources: {
        Task: {
          Type: "AWS::ECS::TaskDefinition",
          Properties: {
            Cpu: "512",
            Memory: "1024",
            ContainerDefinitions: [
              { Name: "ingest-worker", Environment: [{ Name: "INGEST_CONCURRENCY", Value: "12" }] },
            ],
          },
        },
        Service: { Type: "AWS::ECS::Service", Properties: { TaskDefinition: { Ref: "Task" } } },
        Range: {
          Type: "AWS::ApplicationAutoScaling::ScalableTarget",
          Properties: {
            MinCapacity: 2,
            MaxCapacity: 30,
            ResourceId: { "Fn::Join": ["", ["service/c/", { "Fn::GetAtt": ["Service", "Name"] }]] },
          },
        },
        Tracking: {
          Type: "AWS::ApplicationAutoScaling::ScalingPolicy",
          Properties: {
            PolicyType: "TargetTrackingScaling",
            ScalingTargetId: { Ref: "Range" },
            TargetTrackingScalingPolicyConfiguration: { TargetValue: 42, ScaleInCooldown: 90 },
          },
        },
        ...overrides,
      },
    },
  ];
  t.match(readPolicy(templates(), "prod"), {
    fewest: 2,
    most: 30,
    cpu: 0.5,
    memory: 1,
    concurrency: 12,
    parallelReads: 4,
    target: 42,
    scaleInCooldownSeconds: 90,
    wakes: false,
  });
  t.throws(() => readPolicy(templates(), "dev"), /0 of the ingest worker's task definition/);
  t.throws(() => readPolicy(templates({ Tracking: { Type: "Other" } }), "prod"), /target tracking policy/);
});

t.test("document and charts hold what a run of the deployed policy gives", async (t) => {
  const docs = join(import.meta.dirname, "../../docs");
  const { blocks, charts } = reportCapacity(readPolicy(await synthesize(), "prod"));
  const document = await readFile(join(docs, "capacity.md"), "utf8");
  t.equal(document, fillBlocks(document, blocks), "docs/capacity.md: npm run capacity brings it up to date");
  t.same((await readdir(join(docs, "charts"))).sort(), Object.keys(charts).sort());
  for (const [name, svg] of Object.entries(charts)) {
    t.equal(await readFile(join(docs, "charts", name), "utf8"), svg, `docs/charts/${name}`);
    t.ok(document.includes(`charts/${name}`), `${name} is shown`);
  }
});
