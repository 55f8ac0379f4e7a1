import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { DeleteCommand, type DynamoDBDocumentClient, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { expiresAt, IDEMPOTENCY_DAYS, type IdempotencyItem } from "@stockwire/contracts/items";
import { idempotencyInProgress } from "../errors/api-error.ts";
import type { DecidedFile, TakenIn } from "../intake/intake.ts";

/** The right to work on a key; of all requests with it one at a time has it. */
export interface Claim {
  readonly state: "claimed";
  /** Left by an attempt that broke off when it may have made objects already. */
  readonly earlier: { readonly fingerprint: string; readonly files: readonly DecidedFile[] } | undefined;
  /** @throws idempotency_in_progress when another request has taken the claim over */
  readonly renew: () => Promise<void>;
  /** From here on objects may be made. @throws idempotency_in_progress like `renew` */
  readonly markStoring: (fingerprint: string, files: readonly DecidedFile[]) => Promise<void>;
  /** Keeps the answer for a day. @throws idempotency_in_progress like `renew` */
  readonly finish: (answer: readonly TakenIn[]) => Promise<void>;
  /** Lets the next attempt begin at once: anew, or with what was decided where objects may have been made. */
  readonly release: () => Promise<void>;
}

/** Which item, and as whom. */
export interface ClaimPlace {
  readonly dynamo: DynamoDBDocumentClient;
  readonly TableName: string;
  readonly CallerKey: string;
  readonly token: string;
  readonly leaseSeconds: number;
}

/** Epoch milliseconds at which a lease taken now ends. */
export const leaseUntil = ({ leaseSeconds }: ClaimPlace): number => Date.now() + leaseSeconds * 1000;

/** Epoch seconds at which an item written now may go. */
export const keptUntil = (): number => expiresAt(Date.now(), IDEMPOTENCY_DAYS);

/** @param dead the item of the attempt whose claim was taken over */
export const claimOf = (place: ClaimPlace, dead?: IdempotencyItem): Claim => {
  let mayHaveMadeObjects = dead !== undefined;
  return {
    state: "claimed",
    earlier: dead && {
      fingerprint: dead.Fingerprint ?? "",
      files: (dead.Files ?? []).map((file) => ({ uploadId: file.UploadId, receivedAt: file.ReceivedAt })),
    },
    renew: () => set(place, { LeaseUntil: leaseUntil(place) }),
    markStoring: async (fingerprint, files) => {
      // Before the write: it may go through although its answer is lost.
      mayHaveMadeObjects = true;
      await set(place, {
        State: "storing",
        Fingerprint: fingerprint,
        Files: files.map(({ uploadId, receivedAt }) => ({ UploadId: uploadId, ReceivedAt: receivedAt })),
        LeaseUntil: leaseUntil(place),
        ExpiresAt: keptUntil(),
      });
    },
    finish: (answer) => set(place, { State: "done", Answer: JSON.stringify(answer), ExpiresAt: keptUntil() }),
    release: () => (mayHaveMadeObjects ? set(place, { LeaseUntil: 0 }) : remove(place)),
  };
};

/** Changes the item, only while the claim is ours. */
const set = async (
  { dynamo, TableName, CallerKey, token }: ClaimPlace,
  values: Partial<IdempotencyItem>,
): Promise<void> => {
  const entries = Object.entries(values);
  try {
    await dynamo.send(
      new UpdateCommand({
        TableName,
        Key: { CallerKey },
        UpdateExpression: `SET ${entries.map((_, index) => `#${index} = :${index}`).join(", ")}`,
        ConditionExpression: "#token = :token",
        // By number: `State` and `Token` are words that DynamoDB keeps for itself.
        ExpressionAttributeNames: {
          "#token": "Token",
          ...Object.fromEntries(entries.map(([name], index) => [`#${index}`, name])),
        },
        ExpressionAttributeValues: {
          ":token": token,
          ...Object.fromEntries(entries.map(([, value], index) => [`:${index}`, value])),
        },
      }),
    );
  } catch (error) {
    throw error instanceof ConditionalCheckFailedException ? idempotencyInProgress(error) : error;
  }
};

const remove = async ({ dynamo, TableName, CallerKey, token }: ClaimPlace): Promise<void> => {
  await dynamo.send(
    new DeleteCommand({
      TableName,
      Key: { CallerKey },
      ConditionExpression: "#token = :token",
      ExpressionAttributeNames: { "#token": "Token" },
      ExpressionAttributeValues: { ":token": token },
    }),
  );
};
