import { BatchExecuteStatementCommand, type DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { gather } from "@stockwire/service-kit/gather";

/** One PartiQL statement that writes one record. */
interface Statement {
  /** Of the record. */
  readonly key: string;
  readonly text: string;
  readonly parameters: readonly unknown[];
}

/**
 * Carries a statement out in one request with others of the same moment. True: it is done. False: it was not asked for,
 * or not done for whatever reason, and the caller writes by itself. Throws what the request threw: then it may be done.
 */
type Batched = (statement: Statement) => Promise<boolean>;

/** What is written together; one process has one of each. */
export interface Batches {
  readonly claim: Batched;
  readonly record: Batched;
}

/** DynamoDB's own limit for one request. */
const STATEMENTS_PER_REQUEST = 25;
/**
 * Single notifications of one load are answered by SNS within that, or nearly. A crash in the meantime tells their staff
 * again, so it is short beside the request that follows.
 */
const RECORD_MILLISECONDS = 3;

export const createBatches = (dynamo: DynamoDBDocumentClient): Batches => {
  const all = (statements: readonly Statement[]) => executeAll(dynamo, statements);
  return {
    claim: gather(all, { most: STATEMENTS_PER_REQUEST }),
    record: gather(all, { most: STATEMENTS_PER_REQUEST, waitMilliseconds: () => RECORD_MILLISECONDS }),
  };
};

/**
 * Each statement of a batch costs the write units of a single write (a transaction would cost twice) and succeeds or
 * fails by itself.
 */
const executeAll = (
  dynamo: DynamoDBDocumentClient,
  statements: readonly Statement[],
): readonly Promise<boolean>[] => {
  // DynamoDB refuses the whole of a batch that names a record twice: of copies of one message, only the first is in it.
  const keys = new Set<string>();
  const batch = statements.filter(({ key }) => keys.size < keys.add(key).size);
  if (batch.length < 2) return statements.map(async () => false);
  const responses = execute(dynamo, batch);
  return statements.map(async (statement) => {
    const position = batch.indexOf(statement);
    const response = position < 0 ? undefined : (await responses)[position];
    return response !== undefined && response.Error === undefined;
  });
};

const execute = async (dynamo: DynamoDBDocumentClient, batch: readonly Statement[]) => {
  try {
    const { Responses } = await dynamo.send(
      new BatchExecuteStatementCommand({
        Statements: batch.map(({ text, parameters }) => ({ Statement: text, Parameters: [...parameters] })),
      }),
    );
    return Responses ?? [];
  } catch (error) {
    // Refused unseen, so nothing is done: one that is wrong must not keep the others from being written.
    if (error instanceof Error && error.name === "ValidationException") return [];
    throw error;
  }
};
