/**
 * Looks at dead letters, brings them back or drops them. Safe to run twice and to stop at any moment: a letter leaves its
 * queue only when its copy stands where it belongs, and every worker survives a message that comes twice.
 */

import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { queueVariable } from "@stockwire/contracts/variables";
import { type Clients, createClients, destroyClients, type Environment } from "@stockwire/local-aws/clients";
import { findCloud } from "./operate/find-cloud.ts";
import { namesIn } from "./reconcile/names-in.ts";
import { findFailed, objectsIn, type Receipts, retryFailed, retryUpload } from "./redrive/failed-uploads.ts";
import { findQueues } from "./redrive/find-queues.ts";
import { type Letter, visitLetters } from "./redrive/letters.ts";
import { type Command, readCommand } from "./redrive/read-command.ts";
import { describeLetter, sayMore, summarise } from "./redrive/render.ts";

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const print = (line: string): void => void process.stdout.write(`${line}\n`);

const stopping = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stopping.abort());

/** Uploads by their receipts: for when there is no letter. */
const workOnReceipts = async (
  { name, upload }: Command,
  environment: Environment,
  clients: Clients,
): Promise<void> => {
  const { sqs } = clients;
  const names = namesIn(environment, clients);
  const receipts: Receipts = {
    dynamo: DynamoDBDocumentClient.from(clients.dynamodb),
    sqs,
    uploadsTable: names.table("Uploads"),
    queueUrlOf: (kind) => names.queue(kind === "inventory" ? "ingest" : "invoice"),
    signal: stopping.signal,
  };
  if (upload !== undefined) {
    await retryUpload(receipts, upload);
    return say(`The event of ${upload} was sent again.`);
  }
  const lettered = new Set<string>();
  for (const queue of await findQueues(sqs, environment, undefined)) {
    const walk = await visitLetters(sqs, queue, stopping.signal, async ({ body }) => {
      for (const object of objectsIn(body)) lettered.add(object);
    });
    if (walk.mayBeMore)
      say(`${queue.name}: not every letter was seen; some of these may have one, which is harmless`);
  }
  if (name === "retry") return say(`${await retryFailed(receipts, lettered)} given-up uploads sent again`);
  for await (const { UploadId, Kind, ReceivedAt } of findFailed(receipts, lettered)) {
    print(`${UploadId} ${Kind}, received ${ReceivedAt}: failed, and no letter`);
  }
};

const run = async (): Promise<void> => {
  const command = readCommand(process.argv.slice(2));
  const { environment, place } = findCloud(process.env, "SQS", queueVariable("ingest-dlq"));
  const clients = createClients(environment);
  const { sqs } = clients;
  try {
    if (command.upload !== undefined || command.failed)
      return await workOnReceipts(command, environment, clients);
    say(`Dead letters ${place}`);
    const wanted = ({ reason }: Letter): boolean => command.reason === undefined || reason === command.reason;
    for (const queue of await findQueues(sqs, environment, command.queue)) {
      const letters: Letter[] = [];
      const otherReasons = new Set<string>();
      let moved = 0;
      const walk = await visitLetters(sqs, queue, stopping.signal, async (letter, { sendBack, remove }) => {
        if (!wanted(letter)) return void otherReasons.add(letter.reason);
        letters.push(letter);
        if (command.name === "retry") await sendBack();
        if (command.name === "drop") await remove();
        if (command.name === "retry" || command.name === "drop") moved += 1;
      });
      const { seen } = walk;
      const sawAll = !walk.mayBeMore && !stopping.signal.aborted;
      if (command.name === "list") for (const line of summarise(queue.name, letters)) print(line);
      if (command.name === "show") for (const letter of letters) print(describeLetter(queue.name, letter));
      if (command.name === "retry") {
        const again = sawAll && moved > 0 ? "; what fails again is here again" : "";
        say(`${queue.name}: ${moved} of ${seen} brought back${again}`);
      }
      if (command.name === "drop") say(`${queue.name}: ${moved} of ${seen} dropped`);
      if (sawAll && letters.length === 0 && otherReasons.size > 0) {
        say(
          `${queue.name}: none has the reason ${command.reason}; there are ${[...otherReasons].join(", ")}`,
        );
      }
      const more = stopping.signal.aborted ? undefined : sayMore(queue.name, walk);
      if (more !== undefined) say(more);
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
