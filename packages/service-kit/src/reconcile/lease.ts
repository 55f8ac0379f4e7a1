import { randomUUID } from "node:crypto";
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { reconcileKey } from "@stockwire/contracts/keys";
import type { UploadKind } from "@stockwire/contracts/receipt";
import type { Sighted } from "./sightings.ts";

/** What passes over one kind of file know of each other: one item of the table `Uploads`, in none of its indexes. */
export interface PassState {
  /** Epoch milliseconds of the last pass's end. */
  readonly PassedAt?: number;
  /** What it found, and what of that only a full pass finds. */
  readonly Unaccounted?: number;
  readonly Older?: number;
  /** Objects made of parts that no receipt accounted for, by when they were first seen. */
  readonly Sighted?: Sighted;
  /** Epoch milliseconds from which a full pass is due. */
  readonly FullDueAt?: number;
  /** The same of the look at levels, and the ISO 8601 time up to which rows were looked at. */
  readonly LevelsDueAt?: number;
  readonly LevelsFullDueAt?: number;
  readonly LevelsUpTo?: string;
  /** Looks at levels in a row that were left out because messages waited. */
  readonly LevelsSkipped?: number;
}

export interface Lease {
  /** False once another process may have taken over. */
  readonly renew: () => Promise<boolean>;
  /** Ends the lease and leaves what is now known; false where it was lost. */
  readonly release: (state: PassState) => Promise<boolean>;
}

export const LEASE_MILLISECONDS = 60_000;

export interface Leases {
  readonly dynamo: DynamoDBDocumentClient;
  readonly uploadsTable: string;
  readonly kind: UploadKind;
}

/**
 * Of all replicas one makes a pass: who takes the lease, when none runs and the last pass is not too young.
 * @param notSince epoch milliseconds; a pass that ended later is as good as one of our own
 */
export const takeLease = async (
  { dynamo, uploadsTable, kind }: Leases,
  notSince: number,
): Promise<{ readonly state: PassState; readonly lease: Lease | undefined }> => {
  const holder = randomUUID();
  const Key = { UploadId: reconcileKey(kind) };
  const held = async (set: Readonly<Record<string, unknown>>): Promise<boolean> => {
    const given = Object.entries(set).filter(([, value]) => value !== undefined);
    try {
      await dynamo.send(
        new UpdateCommand({
          TableName: uploadsTable,
          Key,
          UpdateExpression: `SET ${given.map(([name]) => `${name} = :${name}`).join(", ")}`,
          ConditionExpression: "Holder = :holder",
          ExpressionAttributeValues: {
            ...Object.fromEntries(given.map(([name, value]) => [`:${name}`, value])),
            ":holder": holder,
          },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  };
  const lease: Lease = {
    renew: () => held({ LeaseUntil: Date.now() + LEASE_MILLISECONDS }),
    release: (state) => held({ ...state, LeaseUntil: 0 }),
  };
  try {
    const now = Date.now();
    const { Attributes } = await dynamo.send(
      new UpdateCommand({
        TableName: uploadsTable,
        Key,
        UpdateExpression: "SET Holder = :holder, LeaseUntil = :until",
        ConditionExpression:
          "(attribute_not_exists(LeaseUntil) OR LeaseUntil < :now) AND (attribute_not_exists(PassedAt) OR PassedAt < :notSince)",
        ExpressionAttributeValues: {
          ":holder": holder,
          ":until": now + LEASE_MILLISECONDS,
          ":now": now,
          ":notSince": notSince,
        },
        ReturnValues: "ALL_NEW",
      }),
    );
    return { state: (Attributes ?? {}) as PassState, lease };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return { state: await readState({ dynamo, uploadsTable, kind }), lease: undefined };
  }
};

const readState = async ({ dynamo, uploadsTable, kind }: Leases): Promise<PassState> => {
  const { Item } = await dynamo.send(
    new GetCommand({ TableName: uploadsTable, Key: { UploadId: reconcileKey(kind) }, ConsistentRead: true }),
  );
  return (Item ?? {}) as PassState;
};
