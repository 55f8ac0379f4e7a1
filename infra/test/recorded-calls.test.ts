import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { createClients } from "@stockwire/local-aws/clients";
import t from "tap";
import { startStack, until } from "../../e2e/stack.ts";
import { type Grant, permissions, type Target } from "../lib/permissions.ts";
import type { ServiceName } from "../lib/service-catalogue.ts";
import { actionsOf } from "./iam-actions.ts";

/**
 * The code tells which calls a service makes; on which resource each is made, a run of the real processes tells. What
 * they do in it must be allowed on that very resource.
 */
interface RecordedCall {
  readonly service: ServiceName;
  readonly call: string;
  readonly resource: string;
  readonly version: boolean;
  readonly from?: string;
}

const folder = mkdtempSync(join(tmpdir(), "stockwire-calls-"));
const file = join(folder, "calls.jsonl");
const stack = await startStack({
  NODE_OPTIONS: `--import=${pathToFileURL(join(import.meta.dirname, "record-calls.ts"))}`,
  RECORDED_CALLS: file,
});
t.teardown(() => rmSync(folder, { recursive: true, force: true }));

/** What a quiet day on emulators does not show; the code shows that it is called. */
const NOT_ON_SUCH_A_DAY: readonly [permission: RegExp, why: string][] = [
  [/^sqs:(ChangeMessageVisibility|SendMessage) /, "a message is renewed, handed back or given up"],
  [/^s3:(AbortMultipartUpload|DeleteObjectVersion) /, "a request is broken off"],
  [/^dynamodb:DeleteItem on table Uploads$/, "a request is broken off"],
  [/^dynamodb:PutItem on table Inventory$/, "an endpoint that knows no PartiQL update of several attributes"],
  [/^s3:GetObjectVersion /, "the emulator keeps no versions"],
  [/^s3:(GetObject|ListBucket) on \w+ invoice-txt-src$/, "a download before the worker has made its copy"],
  [/^(athena|glue):|reports$|^s3:GetBucketLocation /, "Athena"],
  [/^(ecs|kms):/, "ECS, and topics with a key"],
];

const describe = (on: Target): string => {
  if ("bucket" in on) return `bucket ${on.bucket}`;
  if ("objectsOf" in on) return `objects ${on.objectsOf}`;
  if ("queue" in on) return `queue ${on.queue}`;
  if ("topic" in on) return `topic ${on.topic}`;
  if ("table" in on) return `table ${on.table}`;
  if ("index" in on) return `table ${on.index.join(" ")}`;
  return on.is;
};

const allowed = (service: ServiceName): Set<string> =>
  new Set(
    permissions[service].flatMap(({ on, actions }: Grant) =>
      actions.map((action) => `${action} on ${describe(on)}`),
    ),
  );

/** What one recorded call takes, as `action on resource`. */
const takenBy = ({ call, resource, version, from }: RecordedCall): string[] => {
  const bare = call.replace(/^(Scan)Command$/, "paginate$1");
  const entry = Object.entries(actionsOf).find(([name]) => name.endsWith(`/${bare}`))?.[1];
  if (call === "ReceiveMessageCommand") return [`sqs:ReceiveMessage on ${resource}`];
  if (!entry) throw new Error(`nobody has written down which permissions ${call} takes`);
  return entry
    .filter((action) => !action.startsWith("kms:") && (version || action !== "s3:GetObjectVersion"))
    .filter((action) => from === undefined || action === "s3:PutObject")
    .map((action) => {
      const isObject = action.startsWith("s3:") && action !== "s3:ListBucket";
      return `${action} on ${isObject ? resource.replace("bucket ", "objects ") : resource}`;
    });
};

t.test("a day in the life of the services", async (t) => {
  const csv = (rows: string) => `store,item,count\n${rows}\n`;
  const first = await stack.send(csv("Berlin,Echo Plus,5\nBerlin,Echo Dot,0\nBerlin,,3"));
  t.equal((await stack.ended(first)).status, "partial");
  await stack.ended(await stack.send(csv("Berlin,Echo Plus,0\nBerlin,Echo Dot,4")));
  await stack.told(3);
  const long = Array.from({ length: 60_000 }, (_, row) => `Köln,Thing number ${row % 20},${row % 7}`).join(
    "\n",
  );
  await stack.ended(await stack.send(csv(long)));
  const clients = createClients(stack.cloud.environment);
  const drop = new PutObjectCommand({
    Bucket: stack.cloud.environment.BUCKET_INVENTORY,
    Key: "drop.csv",
    Body: csv("Oslo,Lamp,1"),
  });
  await clients.s3.send(drop);
  const sample = readFileSync(join(import.meta.dirname, "../../samples/invoices/inv-00001.txt"), "utf8");
  const invoice = await stack.ended(await stack.sendInvoice(sample));
  const dropped = { Bucket: stack.cloud.environment.BUCKET_INVOICE_TXT_SRC, Key: "drop.txt" };
  await clients.s3.send(new PutObjectCommand({ ...dropped, Body: sample.replace("inv-00001", "inv-00002") }));
  await until(
    async () =>
      (await stack.getJson<{ items: unknown[] }>("/v1/invoices")).items.length === 2 ? true : undefined,
    "two invoices",
  );
  await until(
    async () =>
      (await stack.getJson<{ items: unknown[] }>("/v1/stores")).items.length >= 3 ? true : undefined,
    "three stores",
  );
  for (const path of [
    `/v1/uploads/${first}/file`,
    `/v1/uploads/${first}/rejected.csv`,
    "/v1/uploads",
    "/v1/uploads?store=Berlin",
    "/v1/stores/Berlin/inventory",
    "/v1/alerts",
    "/v1/alerts?store=Berlin",
    "/v1/invoices",
    "/v1/invoices?customer=sm-LK0080145",
    "/v1/invoices?status=quarantined",
    "/v1/reports/expenses",
    invoice.links.invoice as string,
    invoice.links.file,
  ]) {
    const response = await fetch(`${stack.api}${path}`);
    await response.arrayBuffer();
    t.equal(response.status, 200, path);
  }
  const unknown = await fetch(`${stack.api}/v1/stores/Atlantis/inventory`);
  t.equal(unknown.status, 404);
  await unknown.arrayBuffer();
  await stack.stop();
});

t.test("was allowed on every resource that it touched", async (t) => {
  const calls = readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as RecordedCall);
  t.ok(calls.length > 100);
  const seen = new Map<ServiceName, Set<string>>();
  for (const call of calls) {
    const taken = seen.get(call.service) ?? new Set<string>();
    for (const permission of takenBy(call)) taken.add(permission);
    seen.set(call.service, taken);
  }
  for (const [service, taken] of seen) {
    const grants = allowed(service);
    t.same(
      [...taken].filter((permission) => !grants.has(permission)),
      [],
      service,
    );
  }
  t.equal(seen.size, 4);
  for (const [service, taken] of seen) {
    const unseen = [...allowed(service)].filter((permission) => !taken.has(permission));
    t.same(
      unseen.filter((permission) => !NOT_ON_SUCH_A_DAY.some(([pattern]) => pattern.test(permission))),
      [],
      `${service} uses everything that it is allowed`,
    );
  }
});
