/**
 * Keeps the number of ingest workers in step with the backlog of their queue, for the Compose stack that runs from
 * this folder: `npm run compose:scale`. Ctrl-C ends it; the workers stay as they are.
 * `--per-worker 16 --fewest 1 --most 4 --after 60 --every 5` (seconds) are its settings, with their defaults.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { countRunning, readBacklog, scaleTo } from "./follow-backlog/compose-workers.ts";
import { decideWorkers, ingestScaling, type Surplus } from "./follow-backlog/scaling-policy.ts";

const SERVICE = "ingest-worker";
const QUEUE = "ingest";

const text = { type: "string" } as const;
const { values } = parseArgs({
  options: { "per-worker": text, fewest: text, most: text, after: text, every: text },
});

const wholeNumber = (name: keyof typeof values, fallback: number): number => {
  const given = values[name] ?? String(fallback);
  if (!/^[1-9]\d*$/.test(given)) throw new Error(`--${name} ${given} is not a whole number above 0.`);
  return Number(given);
};

const policy = {
  backlogPerWorker: wholeNumber("per-worker", ingestScaling.backlogPerWorker),
  fewest: wholeNumber("fewest", ingestScaling.fewest),
  most: wholeNumber("most", ingestScaling.most),
  scaleInAfterSeconds: wholeNumber("after", ingestScaling.scaleInAfterSeconds),
};
const everyMs = wholeNumber("every", 5) * 1000;
const say = (line: string): void => void process.stdout.write(`${new Date().toISOString()} ${line}\n`);

let surplus: Surplus | undefined;

const follow = async (): Promise<void> => {
  const [backlog, running] = await Promise.all([readBacklog(SERVICE, QUEUE), countRunning(SERVICE)]);
  const decision = decideWorkers(policy, { backlog, running, at: performance.now() / 1000 }, surplus);
  surplus = decision.surplus;
  if (decision.workers === running) return;
  say(`backlog ${backlog}: ${running} → ${decision.workers} workers`);
  await scaleTo(SERVICE, decision.workers);
};

say(`following the queue ${QUEUE}: ${JSON.stringify(policy)}`);
for (;;) {
  // What cannot be read says nothing about the backlog: nobody is added or taken away for it.
  await follow().catch((error: Error) => say(`no decision: ${error.message.trim().split("\n").at(-1)}`));
  await sleep(everyMs);
}
