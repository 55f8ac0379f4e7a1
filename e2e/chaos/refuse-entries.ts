import type { Answer } from "./error-answers.ts";
import type { CloudRequest } from "./proxy.ts";
import type { Random } from "./random.ts";

/** A request of several entries without some of them, and how the answer to the rest is made one to all. */
export interface Thinned {
  /** Undefined where nothing is left to be asked for. */
  readonly body: Buffer | undefined;
  readonly complete: (answer: Answer) => Answer;
}

type Json = Readonly<Record<string, unknown>>;

interface Thinning {
  readonly request: Json | undefined;
  readonly answerFor: (answer: Json) => Json;
}

/** Which entries are refused, by their index. */
type Choose = (count: number, most: number) => ReadonlySet<number>;

/** How an operation names its entries, and where it answers for those that were left out. */
type Thin = (request: Json, choose: Choose, random: Random) => Thinning | undefined;

/**
 * Some entries of a batch are refused in the service's own words while the others are carried out, as AWS does under load.
 * @returns undefined where the operation has no entries, or too few
 */
export const refuseEntries = ({ operation, body }: CloudRequest, random: Random): Thinned | undefined => {
  const thinning = THIN[operation]?.(JSON.parse(body.toString()) as Json, chooser(random), random);
  if (thinning === undefined) return undefined;
  const { request, answerFor } = thinning;
  return {
    body: request && toBody(request),
    complete: (answer) => {
      if (answer.status !== 200) return answer;
      // DynamoDB's checksum would be of other bytes.
      const { "x-amz-crc32": _, ...headers } = answer.headers;
      return { ...answer, headers, body: toBody(answerFor(JSON.parse(answer.body.toString()) as Json)) };
    },
  };
};

/** The service's answer where it was not asked at all, to be completed. */
export const NOTHING_DONE: Answer = {
  status: 200,
  headers: { "content-type": "application/x-amz-json-1.0", "x-amzn-requestid": "chaos" },
  body: Buffer.from("{}"),
};

const toBody = (json: Json): Buffer => Buffer.from(JSON.stringify(json));

const chooser =
  (random: Random): Choose =>
  (count, most) => {
    const chosen = new Set<number>();
    const wanted = random.between(1, most);
    while (chosen.size < wanted) chosen.add(random.between(0, count - 1));
    return chosen;
  };

const split = <Value>(
  values: readonly Value[],
  refused: ReadonlySet<number>,
): [rest: Value[], refused: Value[]] => [
  values.filter((_, index) => !refused.has(index)),
  values.filter((_, index) => refused.has(index)),
];

/**
 * By table, lists of what is written or of the keys that are read; the answer has what is left to do in the same form. Never all of
 * them: where nothing at all could be done, DynamoDB says so with an error.
 */
const thinTables =
  (
    left: "UnprocessedItems" | "UnprocessedKeys",
    entriesOf: (table: unknown) => readonly unknown[],
    toTable: (table: unknown, entries: readonly unknown[]) => unknown,
  ): Thin =>
  ({ RequestItems, ...request }, choose) => {
    const tables = Object.entries(RequestItems as Json);
    const entries = tables.flatMap(([name, table]) => entriesOf(table).map((entry) => ({ name, entry })));
    if (entries.length < 2) return undefined;
    const [rest, refused] = split(entries, choose(entries.length, entries.length - 1));
    const byTable = (of: typeof entries): Record<string, unknown> =>
      Object.fromEntries(
        tables.flatMap(([name, table]) => {
          const own = of.filter((each) => each.name === name).map(({ entry }) => entry);
          return own.length > 0 ? [[name, toTable(table, own)] as const] : [];
        }),
      );
    return {
      request: { ...request, RequestItems: byTable(rest) },
      answerFor: (answer) => {
        const undone = Object.entries((answer[left] ?? {}) as Json).flatMap(([name, table]) =>
          entriesOf(table).map((entry) => ({ name, entry })),
        );
        return { ...answer, [left]: byTable([...undone, ...refused]) };
      },
    };
  };

/** Of those that mean: not now. */
const STATEMENT_ERRORS = [
  "ThrottlingError",
  "ProvisionedThroughputExceeded",
  "InternalServerError",
  "TransactionConflict",
] as const;

/** Every statement has an answer of its own, in the same order. */
const thinStatements: Thin = (request, choose, random) => {
  const statements = request.Statements as readonly unknown[];
  const refused = choose(statements.length, statements.length);
  const [rest] = split(statements, refused);
  const error = { Code: random.pick(STATEMENT_ERRORS), Message: "made by the fault suite" };
  return {
    request: rest.length > 0 ? { ...request, Statements: rest } : undefined,
    answerFor: (answer) => {
      const answers = ((answer.Responses ?? []) as readonly unknown[]).values();
      return {
        ...answer,
        Responses: statements.map((_, index) =>
          refused.has(index) ? { Error: error } : answers.next().value,
        ),
      };
    },
  };
};

/** SQS answers with the ids of those that were done and of those that were not. */
const thinQueueEntries: Thin = (request, choose) => {
  const entries = request.Entries as readonly { readonly Id: string }[];
  const [rest, refused] = split(entries, choose(entries.length, entries.length));
  const failed = refused.map(({ Id }) => ({ Id, Code: "InternalError", SenderFault: false }));
  return {
    request: rest.length > 0 ? { ...request, Entries: rest } : undefined,
    answerFor: (answer) => ({
      Successful: [],
      ...answer,
      Failed: [...((answer.Failed ?? []) as readonly unknown[]), ...failed],
    }),
  };
};

const THIN: Readonly<Record<string, Thin>> = {
  BatchWriteItem: thinTables(
    "UnprocessedItems",
    (table) => table as readonly unknown[],
    (_, entries) => entries,
  ),
  BatchGetItem: thinTables(
    "UnprocessedKeys",
    (table) => (table as { Keys: readonly unknown[] }).Keys,
    (table, Keys) => ({ ...(table as Json), Keys }),
  ),
  BatchExecuteStatement: thinStatements,
  DeleteMessageBatch: thinQueueEntries,
};
