import type { SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import t from "tap";
import { createLogger } from "../src/logger.ts";
import type { PassState } from "../src/reconcile/lease.ts";
import { passOverAlerts } from "../src/reconcile/pass-over-alerts.ts";

interface Sent {
  readonly constructor: { readonly name: string };
}

/** A queue in which messages always wait, and one row whose record the pipe lost. */
const raised: Sent[] = [];
const sqs = {
  send: async (command: Sent) => {
    if (command.constructor.name === "SendMessageCommand") raised.push(command);
    return { Attributes: { ApproximateNumberOfMessages: "5" } };
  },
} as unknown as SQSClient;
const Row = { Store: "Berlin", Item: "Lamp", Count: 0, Level: "out", Previous: null, Version: "1" };
const dynamo: DynamoDBDocumentClient = Object.assign(Object.create(DynamoDBDocumentClient.prototype), {
  send: async ({ constructor: { name } }: Sent) => ({ Items: name === "ScanCommand" ? [Row] : [] }),
});

t.test(
  "a queue that is never empty delays the look at levels by three passes, and not for ever",
  async (t) => {
    const lines: string[] = [];
    const log = createLogger("test", "info", { write: (line) => void lines.push(line) });
    const alerts = {
      dynamo,
      sqs,
      inventoryTable: "Inventory",
      alertsTable: "Alerts",
      thresholdsTable: "Thresholds",
      queueUrl: "alert",
    };
    const pass = async (state: PassState): Promise<PassState> => ({
      ...state,
      ...(await passOverAlerts(alerts, state, { signal: new AbortController().signal, log })),
    });
    let state: PassState = {};
    for (const skipped of [1, 2, 3]) {
      state = await pass(state);
      t.same(state, { LevelsSkipped: skipped }, "what was not looked at stays due");
    }
    t.equal(raised.length, 0);
    state = await pass(state);
    t.match(state, { LevelsSkipped: 0, LevelsUpTo: /^\d{4}-/, LevelsDueAt: Number, LevelsFullDueAt: Number });
    t.equal(raised.length, 1);
    t.match(lines.join(""), /"skipped":3,"msg":"levels are held against alerts although messages may wait"/);
  },
);
