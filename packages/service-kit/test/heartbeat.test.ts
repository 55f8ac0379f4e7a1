import t from "tap";
import { startHeartbeat } from "../src/heartbeat.ts";
import { until } from "./helpers.ts";

t.test("a stop waits for a renewal under way", async (t) => {
  const renewal = Promise.withResolvers<void>();
  let renewals = 0;
  const heartbeat = startHeartbeat({
    visibilitySeconds: 0.03,
    capSeconds: 60,
    renew: () => {
      renewals += 1;
      return renewal.promise;
    },
    onError: () => t.fail("nothing failed"),
  });
  await until(() => renewals === 1);
  let stopped = false;
  const stop = heartbeat.stop().then(() => {
    stopped = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  t.notOk(stopped);
  renewal.resolve();
  await stop;
});

t.test("a renewal that fails is reported and the next one tried", async (t) => {
  const errors: unknown[] = [];
  const heartbeat = startHeartbeat({
    visibilitySeconds: 0.03,
    capSeconds: 60,
    renew: () => Promise.reject(new Error("away")),
    onError: (error) => errors.push(error),
  });
  await until(() => errors.length === 2);
  await heartbeat.stop();
  t.notOk(heartbeat.signal.aborted);
});

t.test("after the cap the handler is told to save what it has", async (t) => {
  let renewals = 0;
  const heartbeat = startHeartbeat({
    visibilitySeconds: 0.03,
    capSeconds: 0.1,
    renew: async () => {
      renewals += 1;
    },
    onError: () => t.fail("nothing failed"),
  });
  await until(() => heartbeat.signal.aborted);
  const atCap = renewals;
  await new Promise((resolve) => setTimeout(resolve, 50));
  t.equal(renewals, atCap, "and renewed no more");
  await heartbeat.stop();
});
