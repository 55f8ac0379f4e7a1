import { LOADS_DAYS, RECORDS_DAYS } from "@stockwire/contracts/items";
import { topology } from "@stockwire/contracts/topology";
import t from "tap";
import { Type } from "typebox";
import { readConfig } from "../src/config.ts";
import { alertSettings, receiptSettings } from "../src/retention.ts";

const read = (environment: Record<string, string>) =>
  readConfig({ settings: Type.Object({ ...receiptSettings, ...alertSettings }), resources: {} }, environment)
    .settings;

t.test("receipts and alerts are kept as long as anybody says", async (t) => {
  t.same(read({}), { RECEIPT_DAYS: RECORDS_DAYS, ALERT_DAYS: RECORDS_DAYS });
  t.same(read({ RECEIPT_DAYS: "90", ALERT_DAYS: "35" }), { RECEIPT_DAYS: 90, ALERT_DAYS: 35 });
});

t.test("but never shorter than their events may come back", async (t) => {
  const tooFew = String(LOADS_DAYS - 1);
  t.throws(() => read({ RECEIPT_DAYS: tooFew }), /RECEIPT_DAYS=34/);
  t.throws(() => read({ ALERT_DAYS: tooFew }), /ALERT_DAYS=34/);
  for (const queue of ["ingest", "alert", "invoice"] as const) {
    const waiting =
      topology.queues[queue].retentionSeconds + topology.queues[`${queue}-dlq`].retentionSeconds;
    t.ok(LOADS_DAYS * 86_400 > waiting, `${queue}: a message can wait in its queue, then as a dead letter`);
  }
});

t.test("rejected rows live as long as the receipts that name them", async (t) => {
  t.equal(topology.buckets.results.expireAfterDays, RECORDS_DAYS);
});
