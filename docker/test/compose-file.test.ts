import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { topology } from "@stockwire/contracts/topology";
import { bucketVariable, queueVariable, tableVariable, topicVariable } from "@stockwire/contracts/variables";
import { requiredVariables } from "@stockwire/service-kit/config";
import t from "tap";
import { parse } from "yaml";
import { concurrentUploads } from "../../infra/lib/concurrent-uploads.ts";
import { V8_OPTIONS } from "../../scripts/start/services.ts";
import { alertWorkerConfig } from "../../services/alert-worker/src/config.ts";
import { ingestConfig } from "../../services/ingest-worker/src/config.ts";
import { invoiceConfig } from "../../services/invoice-worker/src/config.ts";
import { config as apiConfig } from "../../services/upload-api/src/config.ts";

const root = join(import.meta.dirname, "../..");
const read = (file: string): string => readFileSync(join(root, file), "utf8");

interface ComposeService {
  image?: string;
  build?: { args: Record<string, string> };
  environment: Record<string, string | number>;
  ports?: string[];
  user?: string;
  read_only: boolean;
  cap_drop: string[];
  security_opt: string[];
  mem_limit: string;
  container_name?: string;
  stop_grace_period?: string;
}
const text = read("docker-compose.yml");
const { services } = parse(text, { merge: true }) as { services: Record<string, ComposeService> };

const definitions: Record<string, Parameters<typeof requiredVariables>[0]> = {
  "upload-api": apiConfig,
  "ingest-worker": ingestConfig,
  "alert-worker": alertWorkerConfig,
  "invoice-worker": invoiceConfig,
};

/** Variables of the topology with what they are called in the embedded cloud. */
const localNames = (): Record<string, string> => {
  const queues = Object.entries(topology.queues).filter(([, { localOnly }]) => !localOnly);
  const entries = [
    ...Object.keys(topology.buckets).map((name) => [bucketVariable(name as never), name]),
    ...queues.map(([name]) => [queueVariable(name as never), `http://cloud:4566/000000000000/${name}`]),
    ...topology.topics.map((name) => [topicVariable(name), `arn:aws:sns:us-east-1:000000000000:${name}`]),
    ...Object.keys(topology.tables).map((name) => [tableVariable(name as never), name]),
  ];
  return Object.fromEntries(entries);
};
const isResource = ([name]: [string, unknown]): boolean => /^(BUCKET|QUEUE|TOPIC|TABLE)_/.test(name);
const resourcesIn = (file: string): Record<string, unknown> =>
  Object.fromEntries(Object.entries(parseEnv(read(file))).filter(isResource));

t.test("docker/local-cloud.env names what the topology declares", async (t) => {
  t.same(resourcesIn("docker/local-cloud.env"), localNames());
});

t.test("docker/aws.env.example has a line for each of them", async (t) => {
  t.same(Object.keys(resourcesIn("docker/aws.env.example")).toSorted(), Object.keys(localNames()).toSorted());
});

for (const [name, definition] of Object.entries(definitions)) {
  t.test(`${name} is told everything that it requires, and nothing that it does not know`, async (t) => {
    const own = Object.keys(services[name]?.environment ?? {});
    const told = new Set([...own, ...Object.keys(parseEnv(read("docker/local-cloud.env")))]);
    t.same(
      requiredVariables(definition).filter((variable) => !told.has(variable)),
      [],
    );
    t.same(
      own.filter((variable) => !(variable in definition.settings.properties)),
      [],
    );
  });
}

t.test("every container is confined", async (t) => {
  for (const [name, service] of Object.entries(services)) {
    t.equal(service.read_only, true, `${name}: read-only root`);
    t.same(service.cap_drop, ["ALL"], `${name}: no capabilities`);
    t.same(service.security_opt, ["no-new-privileges:true"], name);
    t.ok(service.mem_limit, `${name}: memory is limited`);
    t.notOk(service.container_name, `${name} can be scaled`);
  }
});

t.test("four ports are published, on the loopback address", async (t) => {
  const published = Object.entries(services).flatMap(([name, { ports = [] }]) =>
    ports.map((port) => [name, port.split(":", 1)[0]]),
  );
  t.same(published, [
    ["cloud", "127.0.0.1"],
    ["upload-api", "127.0.0.1"],
    ["prometheus", "127.0.0.1"],
    ["grafana", "127.0.0.1"],
  ]);
});

t.test("of the embedded cloud only the port for presigned addresses is published", async (t) => {
  const [, presigned] = /PRESIGNED_PORT=(\d+)/.exec(read("docker/local-aws.Dockerfile")) ?? [];
  t.ok(presigned);
  t.match(services.cloud?.ports, [new RegExp(`:${presigned}$`)]);
  const settings = variablesOf(text);
  t.equal(
    settings.get("S3_PUBLIC_ENDPOINT"),
    `http://localhost:${settings.get("S3_PORT")}`,
    "as senders find it",
  );
});

t.test("uploads and reports together fit the API's memory", async (t) => {
  const settings = variablesOf(text);
  const reports = 2 * Number(settings.get("REPORT_MEMORY_MB"));
  t.equal(settings.get("API_MEMORY"), "1g");
  t.equal(Number(settings.get("MAX_CONCURRENT_UPLOADS")), concurrentUploads({ memory: 1024 - reports }));
});

/** Variables of a Compose file with their defaults. */
const variablesOf = (file: string): Map<string, string> =>
  new Map([...file.matchAll(/\$\{(\w+):-([^}]*)\}/g)].map(([, name = "", value = ""]) => [name, value]));

t.test(".env.example documents every variable with its default", async (t) => {
  const used = new Map([...variablesOf(text), ...variablesOf(read("docker-compose.aws.yml"))]);
  t.same(
    Object.entries(parseEnv(read(".env.example"))).toSorted(),
    [...used].toSorted(),
    "names and defaults are the same",
  );
  t.notMatch(text, /\$\{\w+\}/, "each has a default");
});

t.test("a container is not killed before its service has stopped", async (t) => {
  const limit = Number(variablesOf(text).get("STOP_TIMEOUT_SECONDS"));
  for (const name of Object.keys(definitions)) {
    t.ok(Number.parseInt(services[name]?.stop_grace_period ?? "0", 10) > limit, name);
  }
});

t.test("the images' default bases are those of the Compose file", async (t) => {
  const defaults = variablesOf(text);
  for (const file of ["service", "local-aws", "prometheus"]) {
    const [, variable = "", image] = /^ARG (\w+_IMAGE)=(\S+)$/m.exec(read(`docker/${file}.Dockerfile`)) ?? [];
    t.equal(image, defaults.get(variable), file);
  }
});

t.test("the image has the limits of memory that npm start gives", (t) => {
  t.match(read("docker/service.Dockerfile"), `NODE_OPTIONS=${V8_OPTIONS}\n`);
  t.end();
});
