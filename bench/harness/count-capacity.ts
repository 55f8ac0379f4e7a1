import { once } from "node:events";
import { Agent, createServer, type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";
import { findDatabase } from "./find-database.ts";

/** Capacity units as AWS would charge them. */
export interface Capacity {
  read: number;
  write: number;
}

export interface CapacityCounter {
  /** For AWS_ENDPOINT_URL_DYNAMODB. */
  readonly url: string;
  /** By table, since the last call. */
  readonly take: () => Readonly<Record<string, Capacity>>;
  /** Requests by operation, since the last call. */
  readonly takeRequests: () => Readonly<Record<string, number>>;
  readonly stop: () => Promise<void>;
}

const READS = new Set(["GetItem", "BatchGetItem", "Query", "Scan"]);

/**
 * Stands between a service and DynamoDB, asks in every request for what it consumes (ReturnConsumedCapacity) and adds
 * it up. DynamoDB Local does not say so of PartiQL batches: there each statement is the put or the update of one row
 * under a kilobyte, one unit whether its guard holds or not; nor of transactions, where each item under a kilobyte is two.
 * @throws Error where another database stands in, which counts in ways of its own
 */
export const startCapacityCounter = async (upstream: string): Promise<CapacityCounter> => {
  const database = await findDatabase();
  if (database !== "DynamoDB Local") {
    throw new Error(
      `units are counted by what DynamoDB Local says, and here ${database} stands in: install Java 17`,
    );
  }
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  let counted: Record<string, Capacity> = {};
  let requests: Record<string, number> = {};
  const add = (table: string, kind: keyof Capacity, units: number): void => {
    counted[table] ??= { read: 0, write: 0 };
    counted[table][kind] += units;
  };
  const server = createServer(async (incoming, reply) => {
    try {
      const operation = String(incoming.headers["x-amz-target"]).split(".").at(-1) ?? "";
      const question = JSON.parse((await bodyOf(incoming)).toString()) as Question;
      requests[operation] = (requests[operation] ?? 0) + 1;
      if (operation !== "DescribeTable") question.ReturnConsumedCapacity = "TOTAL";
      const answer = await ask(agent, upstream, incoming.headers, Buffer.from(JSON.stringify(question)));
      const body = await bodyOf(answer);
      count(operation, question, JSON.parse(body.toString()) as Answer, add);
      reply.writeHead(answer.statusCode ?? 500, { "content-type": answer.headers["content-type"] ?? "" });
      reply.end(body);
    } catch {
      incoming.socket.destroy();
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the counter has no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    take: () => {
      const taken = counted;
      counted = {};
      return taken;
    },
    takeRequests: () => {
      const taken = requests;
      requests = {};
      return taken;
    },
    stop: async () => {
      server.closeAllConnections();
      agent.destroy();
      server.close();
      await once(server, "close");
    },
  };
};

interface Question {
  ReturnConsumedCapacity?: string;
  readonly TableName?: string;
  readonly Statements?: readonly { readonly Statement: string }[];
  readonly TransactItems?: readonly Readonly<Record<string, { readonly TableName: string }>>[];
  readonly RequestItems?: Readonly<
    Record<string, { readonly Keys?: readonly unknown[]; readonly ConsistentRead?: boolean }>
  >;
}

interface Consumed {
  readonly TableName: string;
  readonly CapacityUnits: number;
}

interface Answer {
  readonly ConsumedCapacity?: Consumed | readonly Consumed[];
  readonly __type?: string;
}

const count = (
  operation: string,
  question: Question,
  answer: Answer,
  add: (table: string, kind: keyof Capacity, units: number) => void,
): void => {
  for (const { Statement } of question.Statements ?? [])
    add(/"([^"]+)"/.exec(Statement)?.[1] ?? "", "write", 1);
  for (const write of question.TransactItems ?? [])
    for (const { TableName } of Object.values(write)) add(TableName, "write", 2);
  if (operation === "TransactWriteItems") return;
  // A write whose condition fails is charged like one that is made, and says so nowhere.
  if (answer.__type?.endsWith("ConditionalCheckFailedException")) add(question.TableName ?? "", "write", 1);
  if (operation === "BatchGetItem") {
    for (const [table, { Keys = [], ConsistentRead }] of Object.entries(question.RequestItems ?? {})) {
      add(table, "read", Keys.length * (ConsistentRead ? 1 : 0.5));
    }
    return;
  }
  for (const { TableName, CapacityUnits } of [answer.ConsumedCapacity ?? []].flat()) {
    add(TableName, READS.has(operation) ? "read" : "write", CapacityUnits);
  }
};

const ask = async (
  agent: Agent,
  upstream: string,
  { "content-length": _, connection: __, ...headers }: IncomingHttpHeaders,
  body: Buffer,
): Promise<IncomingMessage> => {
  const outgoing = request(upstream, {
    agent,
    method: "POST",
    // The answer is changed by nobody, but DynamoDB's checksum of a compressed one could not be read here.
    headers: { ...headers, "accept-encoding": "identity", "content-length": body.length },
  });
  outgoing.end(body);
  const [answer] = (await once(outgoing, "response")) as [IncomingMessage];
  return answer;
};

const bodyOf = async (message: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};
