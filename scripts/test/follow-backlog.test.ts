import t from "tap";
import { sumDepths } from "../follow-backlog/compose-workers.ts";
import { decideWorkers, type ScalingPolicy, type Surplus } from "../follow-backlog/scaling-policy.ts";

const policy: ScalingPolicy = { backlogPerWorker: 10, fewest: 1, most: 5, scaleInAfterSeconds: 60 };

/** Goes through observations of [second, backlog] from `running` workers on. @returns the workers after each */
const follow = (running: number, observations: [at: number, backlog: number][]): number[] => {
  let surplus: Surplus | undefined;
  let workers = running;
  return observations.map(([at, backlog]) => {
    const decision = decideWorkers(policy, { backlog, running: workers, at }, surplus);
    surplus = decision.surplus;
    workers = decision.workers;
    return workers;
  });
};

t.test("more workers come at once, as many as the backlog asks for, within bounds", async (t) => {
  t.same(follow(1, [[0, 10]]), [1], "what one can hold");
  t.same(follow(1, [[0, 11]]), [2], "one message more");
  t.same(follow(1, [[0, 40]]), [4], "in one step");
  t.same(follow(1, [[0, 5_000]]), [5], "never more than the most");
  t.same(follow(0, [[0, 0]]), [1], "never fewer than the fewest");
});

t.test("fewer only when they were enough all the while", async (t) => {
  t.same(
    follow(4, [
      [0, 0],
      [30, 0],
      [59, 0],
      [60, 0],
    ]),
    [4, 4, 4, 1],
  );
  t.same(
    follow(4, [
      [0, 0],
      [30, 25],
      [60, 0],
    ]),
    [4, 4, 3],
    "the most of that while stays",
  );
  t.same(
    follow(4, [
      [0, 0],
      [59, 35],
      [60, 0],
      [119, 0],
      [120, 0],
    ]),
    [4, 4, 4, 4, 1],
    "a backlog that needs all of them starts the while again",
  );
});

t.test("the backlog is what waits and what is being worked on", async (t) => {
  const metrics = [
    "# TYPE stockwire_queue_depth gauge",
    'stockwire_queue_depth{queue="ingest",state="visible",service="ingest-worker"} 7',
    'stockwire_queue_depth{queue="ingest",state="in_flight",service="ingest-worker"} 5',
    'stockwire_queue_depth{queue="ingest",state="dead",service="ingest-worker"} 100',
    'stockwire_queue_depth{queue="alert",state="visible",service="alert-worker"} 1000',
  ].join("\n");
  t.equal(sumDepths(metrics, "ingest"), 12);
  t.throws(() => sumDepths(metrics, "invoice"), /no depth of the queue invoice yet/, "unknown is not zero");
});
