import { once } from "node:events";
import { createServer, type IncomingMessage, request } from "node:http";
import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import { type BucketDeclaration, topology } from "@stockwire/contracts/topology";
import t, { type Test } from "tap";
import { createClients, destroyClients } from "../src/clients.ts";
import { connectCloud } from "../src/connect-cloud.ts";
import { startDynamoDb } from "../src/emulators/dynamodb.ts";
import { startFauxqsAt } from "../src/emulators/fauxqs.ts";
import { takeMessage } from "./helpers.ts";

const quiet = () => {};

/** One endpoint for all services, as other people's emulators have; counts bucket settings that it was sent. */
const startForeignEndpoint = async (t: Test) => {
  const fauxqs = await startFauxqsAt({ dataDir: undefined, host: "127.0.0.1", port: 0, extend: quiet });
  const options = { dataDir: undefined, host: "127.0.0.1", port: 0, log: quiet };
  const dynamo = await startDynamoDb(options);
  const settings: string[] = [];
  const serve = (incoming: IncomingMessage) => {
    const isDynamo = String(incoming.headers["x-amz-target"]).startsWith("DynamoDB");
    const setting = /\?(versioning|notification|lifecycle)/.exec(incoming.url ?? "")?.[1];
    if (setting && incoming.method === "PUT") settings.push(setting);
    return { port: isDynamo ? dynamo.port : fauxqs.port, known: setting !== "versioning" };
  };
  const router = createServer((incoming, answer) => {
    const { port, known } = serve(incoming);
    if (!known) {
      answer.writeHead(501, { "content-type": "application/xml" });
      answer.end("<Error><Code>NotImplemented</Code><Message>no</Message></Error>");
      return;
    }
    const { method, url: path, headers } = incoming;
    const onward = request({ port, host: "127.0.0.1", method, path, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    onward.on("error", () => answer.destroy());
    incoming.pipe(onward);
  }).listen(0, "127.0.0.1");
  await once(router, "listening");
  t.teardown(async () => {
    router.close();
    router.closeAllConnections();
    await fauxqs.stop();
    await dynamo.stop();
  });
  const address = router.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, settings };
};

t.test(
  "somebody else's endpoint is provisioned by ordinary calls, and the pipe runs against it",
  async (t) => {
    const endpoint = await startForeignEndpoint(t);
    const logged: string[] = [];
    const environment = {
      AWS_ENDPOINT_URL: endpoint.url,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "secret",
    };
    const cloud = await connectCloud({ environment, log: (line) => logged.push(line) });
    t.teardown(() => cloud.stop());
    t.match(cloud.environment, {
      AWS_ENDPOINT_URL: endpoint.url,
      AWS_REGION: "us-east-1",
      BUCKET_INVENTORY: "inventory",
      QUEUE_ALERT: `${endpoint.url}/000000000000/alert`,
      TABLE_INVENTORY: "Inventory",
    });
    t.equal(cloud.environment.AWS_SECRET_ACCESS_KEY, undefined, "credentials are not passed around");
    const buckets = Object.values<BucketDeclaration>(topology.buckets);
    t.same([...endpoint.settings].sort(), [
      ...buckets.map(() => "lifecycle"),
      ...buckets.filter(({ notifies }) => notifies).map(() => "notification"),
      ...buckets.filter(({ versioned }) => versioned).map(() => "versioning"),
    ]);
    t.match(logged, [/has no bucket versions \(bucket inventory\)/]);

    const clients = createClients({ ...environment, ...cloud.environment });
    t.teardown(() => destroyClients(clients));
    const Item = { Store: { S: "Berlin" }, Item: { S: "Echo Plus" }, Level: { S: "out" }, Count: { N: "0" } };
    await clients.dynamodb.send(new PutItemCommand({ TableName: cloud.environment.TABLE_INVENTORY, Item }));
    t.match(await takeMessage(clients.sqs, cloud.environment.QUEUE_ALERT), {
      eventName: "INSERT",
      dynamodb: { NewImage: Item },
    });
  },
);
