import t from "tap";
import { createMetrics } from "../src/metrics.ts";

/** A metric's series as `label=value,…` with their values, without the label that every series has. */
const seriesOf = async (service: string, name: string) => {
  const metric = await createMetrics(service).registry.getSingleMetric(name)?.get();
  return Object.fromEntries(
    (metric?.values ?? []).map(({ labels, value }) => [
      Object.entries(labels)
        .map(([label, its]) => `${label}=${its}`)
        .join(),
      value,
    ]),
  );
};

t.test("what a service counts stands at 0 before it has happened", async (t) => {
  t.same(await seriesOf("upload-api", "stockwire_uploads_total"), {
    "kind=inventory,outcome=accepted": 0,
    "kind=inventory,outcome=refused": 0,
    "kind=inventory,outcome=aborted": 0,
    "kind=inventory,outcome=failed": 0,
    "kind=invoice,outcome=accepted": 0,
    "kind=invoice,outcome=refused": 0,
    "kind=invoice,outcome=aborted": 0,
    "kind=invoice,outcome=failed": 0,
  });
  t.same(await seriesOf("invoice-worker", "stockwire_files_total"), {
    "kind=invoice,outcome=loaded": 0,
    "kind=invoice,outcome=partial": 0,
    "kind=invoice,outcome=rejected": 0,
    "kind=invoice,outcome=duplicate": 0,
    "kind=invoice,outcome=conflict": 0,
    "kind=invoice,outcome=validated": 0,
    "kind=invoice,outcome=failed": 0,
  });
  t.same(await seriesOf("ingest-worker", "stockwire_queue_messages_total"), {
    "queue=ingest,outcome=done": 0,
    "queue=ingest,outcome=retried": 0,
    "queue=ingest,outcome=dead": 0,
  });
  t.same(await seriesOf("ingest-worker", "stockwire_transitions_total"), {
    "kind=out": 0,
    "kind=back": 0,
    "kind=low": 0,
  });
  t.same(await seriesOf("alert-worker", "stockwire_alerts_total"), {
    "kind=out": 0,
    "kind=back": 0,
    "kind=low": 0,
  });
});

t.test("a failed request is an increase, because 500 and 503 were there as 0", async (t) => {
  const series = await seriesOf("upload-api", "http_request_duration_seconds");
  for (const status of ["500", "503"]) {
    t.equal(series[`le=5,method=POST,route=/v1/inventory,status_code=${status}`], 0);
  }
});

t.test("nobody counts for others", async (t) => {
  t.same(await seriesOf("upload-api", "stockwire_files_total"), {});
  t.same(await seriesOf("ingest-worker", "stockwire_alerts_total"), {});
  t.same(
    await seriesOf("ingest-worker", "stockwire_queue_depth"),
    {},
    "a depth nobody has read is unknown, not 0",
  );
});
