import t from "tap";
import { createDynamoClient } from "../src/aws-clients.ts";
import { alertsDaysKey, createRecordedDays, uploadsDaysKey } from "../src/recorded-days.ts";
import { startTestQueues } from "./helpers.ts";

t.test("days, newest first, each written once however many ask at once", async (t) => {
  const cloud = await startTestQueues();
  t.teardown(cloud.stop);
  const dynamo = createDynamoClient();
  t.teardown(() => dynamo.destroy());
  let writes = 0;
  dynamo.middlewareStack.add(
    (next, context) => async (args) => {
      if (context.commandName === "UpdateItemCommand") writes += 1;
      if (writes === 1) {
        writes += 1;
        throw Object.assign(new Error("connection lost"), { code: "ECONNRESET" });
      }
      return next(args);
    },
    { step: "initialize" },
  );
  const days = createRecordedDays(dynamo, cloud.environment.TABLE_ALERTS ?? "", alertsDaysKey);
  t.same(await days.list(), []);
  await t.rejects(days.remember("2026-03-01"), "a write that failed");
  await Promise.all(Array.from({ length: 50 }, () => days.remember("2026-03-01")));
  t.equal(writes, 3, "is not remembered; the next ones share one");
  for (const day of ["2026-02-28", "2026-03-02", "2026-03-01"]) await days.remember(day);
  t.same(await days.list(), ["2026-03-02", "2026-03-01", "2026-02-28"]);
  const other = createRecordedDays(dynamo, cloud.environment.TABLE_UPLOADS ?? "", uploadsDaysKey);
  await other.remember("2025-01-01");
  t.same(await other.list(), ["2025-01-01"]);
});
