/**
 * Looks at dead letters, brings them back or drops them. Safe to run twice and to stop at any moment: a letter leaves its
 * queue only when its copy stands where it belongs, and every worker survives a message that comes twice.
 */

import { queueVariable } from "@stockwire/contracts/variables";
import { createClients, destroyClients } from "@stockwire/local-aws/clients";
import { findCloud } from "./operate/find-cloud.ts";
import { findQueues } from "./redrive/find-queues.ts";
import { type Letter, visitLetters } from "./redrive/letters.ts";
import { readCommand } from "./redrive/read-command.ts";
import { describeLetter, summarise } from "./redrive/render.ts";

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const print = (line: string): void => void process.stdout.write(`${line}\n`);

const stopping = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stopping.abort());

const run = async (): Promise<void> => {
  const command = readCommand(process.argv.slice(2));
  const { environment, place } = findCloud(process.env, "SQS", queueVariable("ingest-dlq"));
  const clients = createClients(environment);
  const { sqs } = clients;
  try {
    say(`Dead letters ${place}`);
    const wanted = ({ reason }: Letter): boolean => command.reason === undefined || reason === command.reason;
    for (const queue of await findQueues(sqs, environment, command.queue)) {
      const letters: Letter[] = [];
      let moved = 0;
      const seen = await visitLetters(sqs, queue, stopping.signal, async (letter, { sendBack, remove }) => {
        if (!wanted(letter)) return;
        letters.push(letter);
        if (command.name === "retry") await sendBack();
        if (command.name === "drop") await remove();
        if (command.name === "retry" || command.name === "drop") moved += 1;
      });
      if (command.name === "list") for (const line of summarise(queue.name, letters)) print(line);
      if (command.name === "show") for (const letter of letters) print(describeLetter(queue.name, letter));
      if (command.name === "retry") say(`${queue.name}: ${moved} of ${seen} brought back`);
      if (command.name === "drop") say(`${queue.name}: ${moved} of ${seen} dropped`);
    }
    if (stopping.signal.aborted) say("Stopped; run it again for the rest.");
  } finally {
    destroyClients(clients);
  }
};

try {
  await run();
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
