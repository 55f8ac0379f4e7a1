import { createHash } from "node:crypto";
import type { BatchExecuteStatementCommandInput } from "@aws-sdk/client-dynamodb";
import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { createDynamoClient } from "@stockwire/service-kit/aws-clients";
import t from "tap";
import { newStore, startRig, until } from "./ingest-rig.ts";

const rig = await startRig();
t.teardown(() => rig.stop());

const ROWS = 8_000;
const big = (store: string, first: (row: number) => number): string =>
  `store,item,count\n${Array.from({ length: ROWS }, (_, row) => `${store},Ware ${row},${first(row)}\n`).join("")}`;

/** A client that counts the rows that it was asked to write. */
const countingClient = () => {
  const dynamo = createDynamoClient();
  const wrote = { rows: 0 };
  dynamo.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        if (commandName === "BatchExecuteStatementCommand") {
          wrote.rows += (args.input as BatchExecuteStatementCommandInput).Statements?.length ?? 0;
        }
        return next(args);
      },
    { step: "initialize" },
  );
  return { dynamo, wrote };
};

t.test("a load that is cut short goes on where it was, and its receipt shows how far it is", async (t) => {
  const store = newStore();
  const first = await rig.startWorker();
  const content = `${big(store, (row) => row + 1)}${store},bad row,many\n${store},Ware 0,77\n`;
  const id = await rig.send(content, { receivedAt: "2026-03-01T10:00:00.000Z" });
  const seen: number[] = [];
  const cut = await until(async () => {
    const receipt = await rig.receiptOf(id);
    if (receipt?.Rows) seen.push(receipt.Rows.read);
    const done = receipt?.Checkpoint?.Rows.read ?? 0;
    return done > ROWS / 4 ? receipt : undefined;
  }, "a checkpoint behind a quarter of the rows");
  t.equal(cut.Status, "loading");
  t.ok((cut.BytesDone ?? 0) > 0 && (cut.BytesDone ?? 0) < content.length, "bytes done");
  await first.stop();

  const checkpoint = (await rig.receiptOf(id))?.Checkpoint;
  const behind = ROWS + 2 - (checkpoint?.Rows.read ?? 0);
  t.ok(checkpoint !== undefined && behind < ROWS, `${behind} rows are left`);
  const { dynamo, wrote } = countingClient();
  const second = await rig.startWorker({ dynamo });
  const receipt = await rig.ended(id);
  await second.stop();
  t.ok(
    wrote.rows > 0 && wrote.rows <= behind,
    `${wrote.rows} rows were written after the restart, of ${behind} left`,
  );
  t.match(receipt, {
    Status: "partial",
    Sha256: createHash("sha256").update(content).digest("hex"),
    Rows: { read: ROWS + 2, written: ROWS, unchanged: 0, stale: 0, rejected: 1, repeated: 1 },
    Rejected: [{ line: ROWS + 2, code: "bad_count" }],
    Warnings: [{ code: "repeated_item", line: 2 }],
  });
  t.equal(receipt.Checkpoint, undefined);
  t.equal(receipt.BytesDone, undefined);
  const rows = await rig.rowsOf(store);
  t.equal(rows.length, ROWS);
  t.equal(
    rows.reduce((sum, { Count }) => sum + Count, 0),
    (ROWS * (ROWS + 1)) / 2 - 1 + 77,
  );
});

t.test("a load that was given up and brought back starts from the beginning", async (t) => {
  const store = newStore();
  const older = await rig.send(`store,item,count\n${store},Ware 0,5\n`, {
    receivedAt: "2026-03-01T10:00:00.000Z",
  });
  const id = await rig.send(`store,item,count\n${store},Ware 0,9\n${store},Ware 1,1\n`, {
    receivedAt: "2026-03-01T10:00:01.000Z",
  });
  const worker = await rig.startWorker();
  t.teardown(worker.stop);
  await rig.ended(older);
  await rig.ended(id);
  // As an operator finds it: failed, with a checkpoint behind rows that somebody else may have changed since.
  await rig.dynamo.send(
    new UpdateCommand({
      TableName: rig.tables.Uploads,
      Key: { UploadId: id },
      UpdateExpression: "SET #s = :failed, #c = :c",
      ExpressionAttributeNames: { "#s": "Status", "#c": "Checkpoint" },
      ExpressionAttributeValues: {
        ":failed": "failed",
        ":c": {
          Offset: 999,
          Line: 99,
          Rows: { read: 97, written: 97, unchanged: 0, stale: 0, rejected: 0, repeated: 0 },
          Warnings: [],
        },
      },
    }),
  );
  const entry = (await rig.loadsOf()).find(({ Version }) => Version.endsWith(id));
  await rig.dynamo.send(
    new UpdateCommand({
      TableName: rig.tables.Loads,
      Key: { Store: store, Version: entry?.Version },
      UpdateExpression: "SET #s = :open",
      ExpressionAttributeNames: { "#s": "State" },
      ExpressionAttributeValues: { ":open": "open" },
    }),
  );
  await rig.announce(`inventory/${id}.csv`);
  const receipt = await rig.ended(id);
  const final = receipt.Status === "failed" ? await untilLoaded(id) : receipt;
  t.match(final, { Status: "loaded", Rows: { read: 2, written: 2 } });
});

const untilLoaded = (id: string) =>
  until(async () => {
    const receipt = await rig.receiptOf(id);
    return receipt?.Status === "loaded" ? receipt : undefined;
  }, "the load to end");
