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

t.test("renewals never overlap: the one that a stop waits for is the only one under way", async (t) => {
  const renewals: PromiseWithResolvers<void>[] = [];
  const heartbeat = startHeartbeat({
    visibilitySeconds: 0.03,
    capSeconds: 60,
    renew: () => {
      renewals.push(Promise.withResolvers());
      return renewals.at(-1)?.promise ?? Promise.reject();
    },
    onError: () => t.fail("nothing failed"),
  });
  await until(() => renewals.length === 1);
  // Ten ticks' worth: nothing is to happen, so there is no outcome to wait for.
  await new Promise((resolve) => setTimeout(resolve, 100));
  t.equal(renewals.length, 1, "ticks pass while a renewal is under way");
  renewals[0]?.resolve();
  await until(() => renewals.length === 2);
  renewals[1]?.resolve();
  await heartbeat.stop();
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
