import t from "tap";
import { Type } from "typebox";
import { ConfigError, readConfig, requiredVariables } from "../src/config.ts";
import { commonSettings } from "../src/run-service.ts";

const definition = {
  settings: Type.Object({
    ...commonSettings,
    QUEUE_WAIT_SECONDS: Type.Integer({
      minimum: 1,
      maximum: 20,
      default: 5,
      description: "length of a poll",
    }),
  }),
  resources: { buckets: ["inventory"], queues: ["ingest-dlq"], topics: ["NoStock"], tables: ["Loads"] },
} as const;

const complete = {
  BUCKET_INVENTORY: "files",
  QUEUE_INGEST_DLQ: "https://sqs/ingest-dlq",
  TOPIC_NO_STOCK: "arn:topic",
  TABLE_LOADS: "loads",
  OPERATIONS_PORT: "9103",
};

const linesOf = (environment: Record<string, string | undefined>): string[] => {
  try {
    readConfig(definition, environment);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message.split("\n");
  }
};

t.test("names, numbers and defaults", async (t) => {
  const { settings, resources } = readConfig(definition, { ...complete, QUEUE_WAIT_SECONDS: "" });
  t.match(settings, { OPERATIONS_PORT: 9103, LOG_LEVEL: "info", QUEUE_WAIT_SECONDS: 5 });
  t.same(resources, {
    buckets: { inventory: "files" },
    queues: { "ingest-dlq": "https://sqs/ingest-dlq" },
    topics: { NoStock: "arn:topic" },
    tables: { Loads: "loads" },
  });
});

t.test("settings of every type", async (t) => {
  const settings = Type.Object({
    RATIO: Type.Number({ description: "any number" }),
    ON: Type.Boolean({ description: "on or off" }),
    CODE: Type.String({ description: "text, also where it looks like a number" }),
  });
  const read = (ON: string) =>
    readConfig({ settings, resources: {} }, { RATIO: "0.5", ON, CODE: "007" }).settings;
  t.same(read("true"), { RATIO: 0.5, ON: true, CODE: "007" });
  t.same(read("false").ON, false);
  t.throws(() => read("yes"), ConfigError);
});

t.test("what is required", async (t) => {
  t.same(requiredVariables(definition).sort(), Object.keys(complete).sort());
  for (const name of Object.keys(complete)) {
    for (const value of [undefined, ""]) {
      const [line = "", ...more] = linesOf({ ...complete, [name]: value });
      t.ok(line.startsWith(`${name} is not set: `), line);
      t.same(more, [], "one line");
    }
  }
});

t.test("a malformed setting is one line with its name, value and what it is for", async (t) => {
  const malformed = {
    OPERATIONS_PORT: ["http", "70000", "1.5", "-1", "0x10", "true", "two\nlines"],
    QUEUE_WAIT_SECONDS: ["0", "soon"],
    LOG_LEVEL: ["loud"],
  };
  for (const [name, values] of Object.entries(malformed)) {
    for (const value of values) {
      const [line = "", ...more] = linesOf({ ...complete, [name]: value });
      t.match(line, new RegExp(`^${name}=.+: .+`));
      t.same(more, []);
    }
  }
});

t.test("all faults are told at once", async (t) => {
  t.same(
    linesOf({ ...complete, BUCKET_INVENTORY: undefined, OPERATIONS_PORT: "x" }).map(
      (line) => line.split(/[ =]/)[0],
    ),
    ["BUCKET_INVENTORY", "OPERATIONS_PORT"],
  );
});
