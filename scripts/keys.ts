/**
 * Makes, lists, rotates and disables API keys. It writes where the environment points to, or to the cloud of `npm start`.
 * The key itself is all that comes on standard output, so that a script can take it.
 */
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { createClients, destroyClients } from "@stockwire/local-aws/clients";
import { chooseTable } from "./keys/choose-table.ts";
import { describeKey } from "./keys/describe-key.ts";
import { explain } from "./keys/explain.ts";
import { createKey, disableKey, listKeys, rotateKey } from "./keys/keys-table.ts";
import { readCommand } from "./keys/read-command.ts";

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const print = (line: string): void => void process.stdout.write(`${line}\n`);

const table = chooseTable(process.env);
const run = async (): Promise<void> => {
  const command = readCommand(process.argv.slice(2));
  const clients = createClients(table.environment);
  const keys = { dynamo: DynamoDBDocumentClient.from(clients.dynamodb), tableName: table.name };
  try {
    say(`Table ${table.name} ${table.place}`);
    if (command.name === "create") {
      const { text, item } = await createKey(keys, command.rights);
      say(`Created ${describeKey(item)}`);
      say("The key, shown this once:");
      print(text);
    } else if (command.name === "list") {
      const items = await listKeys(keys);
      for (const item of items) print(describeKey(item));
      if (items.length === 0) say("There are no keys yet.");
    } else if (command.name === "rotate") {
      const { text, item, oldWorksUntil } = await rotateKey(keys, command.keyId, command.graceMilliseconds);
      say(`Created ${describeKey(item)}`);
      say(`${command.keyId} works until ${oldWorksUntil}. The new key, shown this once:`);
      print(text);
    } else {
      const item = await disableKey(keys, command.keyId);
      say(`Disabled ${describeKey(item)}; within seconds it is refused.`);
    }
  } finally {
    destroyClients(clients);
  }
};

try {
  await run();
} catch (error) {
  say(explain(error, table.place));
  process.exitCode = 1;
}
