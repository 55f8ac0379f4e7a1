import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { createDynamoClient } from "@stockwire/service-kit/aws-clients";
import t from "tap";
import { newStore, startRig, until } from "../../services/ingest-worker/test/ingest-rig.ts";
import { fillBlocks } from "../cost/blocks.ts";
import { compare, crossoverStores } from "../cost/compare.ts";
import { billOfContainers } from "../cost/containers.ts";
import { type Deployment, deploymentOf } from "../cost/deployment.ts";
import { costBlocks } from "../cost/document.ts";
import { billOfFunctions, MOST_ROWS_PER_FUNCTION } from "../cost/functions.ts";
import { totalOf } from "../cost/lines.ts";
import { checkLoad, HOURS, type Load, monthOf } from "../cost/load.ts";
import { type Price, prices } from "../cost/prices.ts";
import { dollars, renderVerdict } from "../cost/render.ts";
import { synthesize } from "../cost/templates.ts";
import { fileEventWrites, fileRequests, perFile, perRow, pollReads } from "../cost/units.ts";

const deployment: Deployment = {
  tasks: [
    { service: "upload-api", count: 2, cpu: 0.5, memory: 1 },
    { service: "ingest-worker", count: 1, cpu: 1, memory: 2 },
  ],
  loadBalancers: 1,
  natGateways: 0,
  endpointZones: 6,
  alarmMetrics: 10,
  dashboards: 1,
  keys: 2,
  containerInsights: false,
};
const nothing: Load = { stores: 0, filesPerDay: 0, rows: 0, changed: 0, invoicesPerDay: 0 };
/** 1,000 files of 100 rows in a month, a tenth of the rows changed. */
const thousand: Load = { ...nothing, stores: 1, filesPerDay: 24_000 / HOURS, rows: 100, changed: 0.1 };

interface Assertions {
  readonly ok: (value: boolean, message: string) => unknown;
}

const near = (t: Assertions, found: number, wanted: number, what: string) =>
  t.ok(
    Math.abs(found - wanted) <= 1e-9 * Math.max(1, wanted),
    `${what}: ${found}, reckoned by hand ${wanted}`,
  );

t.test("a month without anything costs what stands", async (t) => {
  const bill = billOfContainers(nothing, deployment);
  // 2 vCPUs and 4 GB; a load balancer; six endpoints.
  near(t, bill.Fargate, 730 * (2 * 0.03238 + 4 * 0.00356), "Fargate");
  near(t, bill["Load balancer"], 16.425, "load balancer");
  near(t, bill["Interface endpoints"], 43.8, "endpoints");
  near(t, bill["NAT gateway"], 0, "no gateway");
  near(t, bill["CloudWatch metrics"], 10 * 0.1 + 3, "alarms and a dashboard");
  near(t, bill["KMS keys"], 2, "keys");
  near(t, bill["DynamoDB writes"] + bill.SNS, 0, "nothing moves");
  // Two API tasks look for live events every 0.3 s.
  near(t, bill["DynamoDB reads"], 2 * (730 * 3_600 * (1 / 0.3)) * 0.125e-6, "pages that are open");
  t.ok(totalOf(billOfFunctions(nothing)) < 1, "functions that nobody calls are as good as free");
});

t.test("a thousand small files, by hand", async (t) => {
  const month = monthOf(thousand);
  near(t, month.files, 1_000, "files");
  near(t, month.changedRows, 10_000, "changed rows");
  near(t, month.alerts, 100, "alerts");
  const bill = billOfContainers(thousand, deployment);
  // Events: 3 of the receipt; the first of ten rows, then nine of 190 bytes and the summary of 300; a tenth of an alert.
  near(
    t,
    bill["DynamoDB writes"],
    (1_000 * 18 + 10_000 + 100 * 7 + 1_000 * (3 + 1 + 2 + 0.1)) * 0.625e-6,
    "writes",
  );
  const polls = (2 * 730 * 3_600) / 0.3;
  near(t, bill["DynamoDB reads"], (1_000 * 6 + 100_000 * ((2 * 230) / 4_096) + polls) * 0.125e-6, "reads");
  near(t, bill.SNS, (1_000 + 100) * 0.5e-6 + 100 * 20e-6, "SNS");
  near(t, bill["EventBridge Pipes"], 100 * 0.4e-6, "pipes");
  const functions = billOfFunctions(thousand);
  near(t, functions["DynamoDB writes"], 100_000 * 0.625e-6, "a put for every row");
  // 1,000 files of 0.2 s, 100,000 puts of 5 ms, 1,000 stream calls of 0.1 s.
  near(t, functions.Lambda, 2_000 * 0.2e-6 + (200 + 500 + 100) * 0.25 * 0.0000133334, "Lambda");
  t.equal(functions["DynamoDB reads"], 0);
});

t.test("live events of a file", (t) => {
  t.equal(fileEventWrites(0, 0), 3 + 1, "three of its receipt, and the store's summary");
  t.equal(fileEventWrites(1, 0), 3 + 1 + 1, "the first row goes out before the summary is known");
  t.equal(fileEventWrites(1_000_000, 0), 3 + 1 + 16, "no more rows are listed than that");
  t.equal(fileEventWrites(0, 4), 3 + 1 + 1 + 1, "an alert at once, three together");
  // 100 KB a second: 0.8 × 130 KB and 0.2 × 680 KB each time.
  near(t, pollReads(102_400), (0.8 * 1.3 * 25 + 0.2 * 6.8 * 25) / 0.3, "what is read again is paid again");
  t.end();
});

t.test("alerts of one file: three by themselves, the rest in a digest", async (t) => {
  // 1,000 files of 10,000 rows, all changed: 100 alerts each, told in four publications each.
  const bill = billOfContainers({ ...thousand, rows: 10_000, changed: 1 }, deployment);
  near(t, bill.SNS, (1_000 + 4_000) * 0.5e-6 + 4_000 * 20e-6, "SNS");
});

t.test("large files take more requests", async (t) => {
  t.same(fileRequests(1_000), { puts: 1, gets: 1 });
  t.same(fileRequests(100_000), { puts: 3, gets: 4 }, "2.5 MB written in one part, read in two");
  t.same(fileRequests(1_000_000), { puts: 5, gets: 24 }, "25 MB written in three parts, read in twelve");
  t.equal(MOST_ROWS_PER_FUNCTION, 179_960, "as docs/cost.md has it");
});

t.test("more of anything never costs less", async (t) => {
  const load: Load = { stores: 100, filesPerDay: 4, rows: 500, changed: 0.2, invoicesPerDay: 50 };
  for (const name of Object.keys(load) as (keyof Load)[]) {
    let before = { containersTotal: 0, functionsTotal: 0 };
    for (const factor of [0, 0.5, 1, 2, 4]) {
      const now = compare({ ...load, [name]: load[name] * factor }, deployment);
      t.ok(now.containersTotal >= before.containersTotal, `${name} × ${factor}, this system`);
      t.ok(now.functionsTotal >= before.functionsTotal, `${name} × ${factor}, functions`);
      before = now;
    }
  }
});

t.test("the crossover is where the cheaper one changes", async (t) => {
  const load: Load = { stores: 0, filesPerDay: 12, rows: 1_000, changed: 0.1, invoicesPerDay: 0 };
  const stores = crossoverStores(load, deployment) ?? 0;
  const before = compare({ ...load, stores: stores - 1 }, deployment);
  const from = compare({ ...load, stores }, deployment);
  t.ok(before.containersTotal > before.functionsTotal, `dearer with ${stores - 1}`);
  t.ok(from.containersTotal <= from.functionsTotal, `not with ${stores}`);
  const every: Load = { ...load, changed: 1 };
  t.equal(crossoverStores(every, deployment), undefined, "never where every row changes");
  t.match(
    renderVerdict(before, load, stores),
    /^This system is dearer here, .* whether or not anything is sent/,
  );
  t.match(renderVerdict(from, load, stores), /^This system is cheaper here/);
  t.match(renderVerdict(before, every, undefined), /never becomes the cheaper one/);
});

t.test("figures that make no sense are refused by name", async (t) => {
  t.throws(() => checkLoad({ ...thousand, changed: 1.5 }), /changed is a share/);
  t.throws(() => checkLoad({ ...thousand, stores: -1 }), /stores must be 0 or more/);
  t.throws(() => checkLoad({ ...thousand, rows: Number("many") }), /rows must be/);
  t.equal(dollars(0.001), "< 0.01");
  t.equal(dollars(1_234.5), "1,234.50");
});

t.test("every price says where AWS publishes it", async (t) => {
  for (const [name, { usd, page, seenAt }] of Object.entries<Price>(prices)) {
    t.ok(usd > 0 && page.startsWith("https://aws.amazon.com/"), name);
    t.ok(seenAt === undefined || seenAt.startsWith("https://"), `${name}, where it was read`);
  }
});

t.test("a block that nobody fills, or that is not there, is an error", async (t) => {
  t.equal(
    fillBlocks("<!-- a -->\n\nold\n\n<!-- /a -->", { a: "$1 new" }),
    "<!-- a -->\n\n$1 new\n\n<!-- /a -->",
  );
  t.throws(() => fillBlocks("<!-- a -->\n<!-- /a -->", {}), /nobody fills the block a/);
  t.throws(() => fillBlocks("", { a: "" }), /no block a/);
});

/** Writes of rows are not in it: DynamoDB Local does not say what a PartiQL batch consumes. */
t.test("the real worker asks for the units that are reckoned with", async (t) => {
  const rig = await startRig();
  t.teardown(rig.stop);
  const used = new Map<string, { reads: number; writes: number }>();
  const dynamo = createDynamoClient();
  t.teardown(() => dynamo.destroy());
  dynamo.middlewareStack.add(
    (next, { commandName = "" }) =>
      async (args) => {
        Object.assign(args.input, { ReturnConsumedCapacity: "INDEXES" });
        const { output, ...rest } = await next(args);
        const { ConsumedCapacity } = output as { ConsumedCapacity?: Consumed | Consumed[] };
        const kind = /^(BatchGet|Get|Query)/.test(commandName) ? "reads" : "writes";
        // AWS charges each write of a transaction twice; DynamoDB Local says two, however many there are.
        const { TransactItems } = args.input as { TransactItems?: readonly unknown[] };
        for (const { TableName = "", CapacityUnits = 0 } of [ConsumedCapacity ?? []].flat()) {
          const units = used.get(TableName) ?? { reads: 0, writes: 0 };
          units[kind] += TransactItems === undefined ? CapacityUnits : 2 * TransactItems.length;
          used.set(TableName, units);
        }
        return { output, ...rest };
      },
    { step: "initialize" },
  );
  await rig.startWorker({ dynamo });
  // One more, and the store would be read whole: see decision 20.
  const ROWS = 99;
  const load = async (store: string, count: number, rowsOfFile = ROWS) => {
    used.clear();
    const rows = Array.from({ length: rowsOfFile }, (_, row) => `item ${row},${row < 7 ? count : 1}`);
    const upload = await rig.send(`item,count\n${rows.join("\n")}\n`, { store });
    const { Rows } = await rig.ended(upload);
    // The receipt's end can be seen before the worker has its answer, and so before it is counted here.
    const isCounted = async () => {
      const [ledger, receipt] = [used.get(rig.tables.Loads)?.writes, used.get(rig.tables.Uploads)?.writes];
      return (ledger === 8 && (receipt ?? 0) >= 9) || undefined;
    };
    await until(isCounted, "the ledger to be closed and the receipt to end");
    return Rows?.written;
  };
  const store = newStore();
  // AWS charges for reading what is not there as well; DynamoDB Local does so for a single item only.
  const thresholds = { Items: {}, Revision: 1, SettledRevision: 1, UpdatedAt: new Date().toISOString() };
  await dynamo.send(
    new PutCommand({ TableName: rig.tables.Thresholds, Item: { Store: store, ...thresholds } }),
  );
  t.equal(await load(store, 2), ROWS, "a first load");
  t.equal(await load(store, 3), 7, "a later one writes what changed");
  // Live events are gathered by the second, so their number depends on how fast this machine is.
  const others: readonly string[] = [rig.tables.Inventory, rig.tables.Events];
  const all = [...used.entries()].filter(([table]) => !others.includes(table));
  const sum = (kind: "reads" | "writes") => all.reduce((total, [, units]) => total + units[kind], 0);
  t.equal(sum("writes"), perFile.writes, "writes beside the rows");
  // These files come without receipts, as drops do: one is looked for in vain, and read.
  t.equal(sum("reads"), perFile.reads + 1, "reads beside the rows");
  const reads = used.get(rig.tables.Inventory)?.reads ?? 0;
  const reckoned = ROWS * perRow(0.07, ROWS).reads;
  t.ok(Math.abs(reads - reckoned) <= 1, `${reads} units to read ${ROWS} rows, ${reckoned} reckoned`);
  await load(store, 4, 200);
  await load(store, 5, 200);
  const whole = used.get(rig.tables.Inventory)?.reads ?? 0;
  const reckonedWhole = 200 * perRow(0.035, 200).reads;
  t.ok(
    Math.abs(whole - reckonedWhole) <= 3,
    `${whole} units where the store is read whole, ${reckonedWhole} reckoned`,
  );
});

interface Consumed {
  readonly TableName?: string;
  readonly CapacityUnits?: number;
}

t.test("the document holds what the calculator gives", async (t) => {
  const document = await readFile(join(import.meta.dirname, "../../docs/cost.md"), "utf8");
  const blocks = costBlocks(await synthesize());
  t.equal(document, fillBlocks(document, blocks), "npm run cost -- --write brings it up to date");
});

t.test("standing resources are counted in the templates", async (t) => {
  const found = deploymentOf(
    [
      {
        stack: "stockwire-prod-network",
        resources: {
          Out: { Type: "AWS::EC2::NatGateway" },
          Sqs: {
            Type: "AWS::EC2::VPCEndpoint",
            Properties: { VpcEndpointType: "Interface", SubnetIds: ["a", "b", "c"] },
          },
          S3: { Type: "AWS::EC2::VPCEndpoint", Properties: { VpcEndpointType: "Gateway" } },
          Plain: { Type: "AWS::CloudWatch::Alarm", Properties: { MetricName: "x" } },
          Sum: {
            Type: "AWS::CloudWatch::Alarm",
            Properties: { Metrics: [{ MetricStat: {} }, { MetricStat: {} }, { Expression: "a / b" }] },
          },
        },
      },
      { stack: "stockwire-dev-network", resources: { Out: { Type: "AWS::EC2::NatGateway" } } },
    ],
    "prod",
  );
  t.match(found, { natGateways: 1, endpointZones: 3, alarmMetrics: 3, keys: 0, tasks: [] });
});
