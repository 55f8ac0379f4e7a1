import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { createClients } from "@stockwire/local-aws/clients";
import t from "tap";
import { startStack, until } from "../../e2e/stack.ts";
import { type Grant, permissions, type Target } from "../lib/permissions.ts";
import type { ServiceName } from "../lib/service-catalogue.ts";
import type { Loose } from "./helpers.ts";
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
  SWEEP_SECONDS: "1",
  RECONCILE_MINUTES: "0.05",
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
  [/^s3:DeleteObject on objects results$/, "what was found in a large file is forgotten after it"],
  [/^s3:(GetObject|ListBucket) on \w+ results$/, "a large file goes on after its worker was killed"],
  [/^s3:ListMultipartUploadParts on objects invoice-txt-src$/, "an invoice is sent in parts"],
  [
    /^dynamodb:((Get|Update)Item on table Thresholds|UpdateItem on table Inventory)$/,
    "changes during a load",
  ],
  [/^dynamodb:DeleteItem on table IdempotencyKeys$/, "a request with a key fails"],
  [/^s3:ListBucketVersions /, "the emulator keeps no versions"],
  [/^dynamodb:Query on table Alerts$/, "rows that were written minutes ago are held against alerts"],
  [/^dynamodb:BatchGetItem on table Uploads$/, "a pass comes while a file is open, or minutes after it"],
  [/^sqs:SendMessage on queue alert$/, "a transition was lost on the way"],
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
const takenBy = ({ service, call, resource, version, from }: RecordedCall): string[] => {
  const bare = call.replace(/^(Scan)Command$/, "paginate$1");
  const entry = Object.entries(actionsOf(service)).find(([name]) => name.endsWith(`/${bare}`))?.[1];
  if (call === "ReceiveMessageCommand") return [`sqs:ReceiveMessage on ${resource}`];
  if (!entry) throw new Error(`nobody has written down which permissions ${call} takes`);
  return entry
    .filter((action) => !action.startsWith("kms:") && (version || action !== "s3:GetObjectVersion"))
    .filter((action) => from === undefined || action === "s3:PutObject")
    .map((action) => {
      const isObject = action.startsWith("s3:") && !/Bucket(Versions|Versioning)?$/.test(action);
      return `${action} on ${isObject ? resource.replace("bucket ", "objects ") : resource}`;
    });
};

/** What the calls recorded so far take, by service. */
const seenSoFar = (): Map<ServiceName, Set<string>> => {
  const seen = new Map<ServiceName, Set<string>>();
  // The last line may be half written.
  for (const line of readFileSync(file, "utf8").split("\n").slice(0, -1)) {
    const call = JSON.parse(line) as RecordedCall;
    const taken = seen.get(call.service) ?? new Set<string>();
    for (const permission of takenBy(call)) taken.add(permission);
    seen.set(call.service, taken);
  }
  return seen;
};

const notUsed = (service: ServiceName, taken: ReadonlySet<string>): string[] =>
  [...allowed(service)].filter(
    (permission) =>
      !taken.has(permission) && !NOT_ON_SUCH_A_DAY.some(([pattern]) => pattern.test(permission)),
  );

/** Reconciling and sweeping come in their own time: the day is over when they have been, or are late beyond doubt. */
const dayIsOver = async (): Promise<void> => {
  for (let tries = 0; tries < 300; tries += 1) {
    if ([...seenSoFar()].every(([service, taken]) => notUsed(service, taken).length === 0)) return;
    await setTimeout(100);
  }
};

const askJson = async (method: string, path: string, body: unknown, headers = {}): Promise<Loose> => {
  const response = await stack.ask(path, {
    method,
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.status === 204 ? undefined : response.json();
};

/** One presigned upload to its end, one taken back, and one left to the sweep. */
const sendInParts = async (content: string): Promise<void> => {
  const sha256 = createHash("sha256").update(content).digest("hex");
  const announced = { filename: "big.csv", bytes: content.length, sha256 };
  const { uploadId, parts, links } = await askJson("POST", "/v1/uploads", announced);
  const put = await fetch(parts[0].url, { method: "PUT", body: content });
  await stack.getJson(links.parts);
  await askJson("POST", links.complete, { parts: [{ partNumber: 1, etag: put.headers.get("etag") }] });
  await stack.ended(uploadId);
  const other = await askJson("POST", "/v1/uploads", announced);
  await stack.ask(other.links.self, { method: "DELETE" });
};

const changeThresholdsAndSubscriptions = async (): Promise<void> => {
  await askJson("PUT", "/v1/stores/Oslo/thresholds", { items: { Lamp: 5 } });
  const staff = { protocol: "email", endpoint: "staff@example.com" };
  const { subscriptionId } = await askJson("POST", "/v1/subscriptions", staff);
  await askJson("POST", "/v1/subscriptions", { ...staff, stores: ["Oslo"] });
  await stack.ask(`/v1/subscriptions/${subscriptionId}`, { method: "DELETE" });
};

const repeatAndUndo = async (content: string): Promise<void> => {
  const request = {
    method: "POST",
    headers: { "content-type": "text/csv", "idempotency-key": "once" },
    body: content,
  };
  const [first, second] = [
    await stack.ask("/v1/inventory", request),
    await stack.ask("/v1/inventory", request),
  ];
  const { uploads } = (await first.json()) as Loose;
  t.same(await second.json(), { uploads });
  const { uploadId } = uploads[0];
  await stack.ended(uploadId);
  const undone = await stack.ask(`/v1/uploads/${uploadId}/undo`, { method: "POST" });
  const { uploads: undoing } = (await undone.json()) as Loose;
  await stack.ended(undoing[0].uploadId);
  await stack.getJson(`/v1/uploads/${undoing[0].uploadId}/changes`);
};

t.test("a day in the life of the services", async (t) => {
  const csv = (rows: string) => `store,item,count\n${rows}\n`;
  const first = await stack.send(csv("Berlin,Echo Plus,5\nBerlin,Echo Dot,0\nBerlin,,3"));
  t.equal((await stack.ended(first)).status, "partial");
  await stack.ended(await stack.send(csv("Berlin,Echo Plus,0\nBerlin,Echo Dot,4")));
  await stack.told(3);
  // Half of it has run out: enough alerts of one load to be written together.
  const long = Array.from({ length: 60_000 }, (_, row) => `Köln,Thing number ${row % 20},${row % 2}`).join(
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
  await stack.ended(await stack.send(csv("Oslo,Lamp,2"), "?mode=validate"));
  await stack.ended(await stack.send(csv("Berlin,Echo Plus,9"), "?mode=replace"));
  await sendInParts(csv("Rome,Lamp,4"));
  await changeThresholdsAndSubscriptions();
  await repeatAndUndo(csv("Paris,Lamp,8"));
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
    "/v1/stores/Berlin/thresholds",
    "/v1/subscriptions",
    "/v1/alerts",
    "/v1/alerts?store=Berlin",
    "/v1/alerts?store=Berlin&item=Echo%20Plus",
    "/v1/invoices",
    "/v1/invoices?customer=sm-LK0080145",
    "/v1/invoices?status=quarantined",
    "/v1/reports/expenses",
    invoice.links.invoice as string,
    invoice.links.file,
  ]) {
    const response = await stack.ask(path);
    await response.arrayBuffer();
    t.equal(response.status, 200, path);
  }
  const events = await stack.ask("/v1/events");
  t.equal(events.status, 200);
  await events.body?.getReader().read();
  const unknown = await stack.ask("/v1/stores/Atlantis/inventory");
  t.equal(unknown.status, 404);
  await unknown.arrayBuffer();
  await dayIsOver();
  await stack.stop();
});

t.test("was allowed on every resource that it touched", async (t) => {
  const seen = seenSoFar();
  t.equal(seen.size, 4);
  for (const [service, taken] of seen) {
    const grants = allowed(service);
    t.same(
      [...taken].filter((permission) => !grants.has(permission)),
      [],
      service,
    );
    t.same(notUsed(service, taken), [], `${service} uses everything that it is allowed`);
  }
});
