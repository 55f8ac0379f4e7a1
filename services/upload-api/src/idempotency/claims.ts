import { randomUUID } from "node:crypto";
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { IdempotencyItem } from "@stockwire/contracts/items";
import { idempotencyInProgress } from "../errors/api-error.ts";
import type { TakenIn } from "../intake/intake.ts";
import { type Claim, type ClaimPlace, claimOf, keptUntil, leaseUntil } from "./claim.ts";

/** How long a process that died keeps its claim. One that lives renews it at a third of this. */
const LEASE_SECONDS = 60;

/** What a request with this key did, to be answered again. */
export interface Done {
  readonly state: "done";
  readonly fingerprint: string;
  readonly answer: readonly TakenIn[];
}

/** The table `IdempotencyKeys`. */
export interface Claims {
  /** For which a claim holds unless it is renewed. */
  readonly leaseSeconds: number;
  /** @throws idempotency_in_progress while another request has the claim */
  readonly take: (callerKey: string) => Promise<Done | Claim>;
}

export const createClaims = (
  dynamo: DynamoDBDocumentClient,
  TableName: string,
  leaseSeconds = LEASE_SECONDS,
): Claims => ({
  leaseSeconds,
  take: async (CallerKey) => {
    const place = { dynamo, TableName, CallerKey, token: randomUUID(), leaseSeconds };
    const standing = await begin(place);
    if (standing === undefined) return claimOf(place);
    if (standing.State === "done") {
      const answer = JSON.parse(standing.Answer ?? "[]") as TakenIn[];
      return { state: "done", fingerprint: standing.Fingerprint ?? "", answer };
    }
    if (standing.State === "running" || standing.LeaseUntil > Date.now()) throw idempotencyInProgress();
    await takeOver(place, standing);
    return claimOf(place, standing);
  },
});

/**
 * Claims a key that is free: never used, expired (DynamoDB deletes late), or held by a process that died before it
 * could have made anything. Otherwise says what stands.
 */
const begin = async (place: ClaimPlace): Promise<IdempotencyItem | undefined> => {
  const { dynamo, TableName, CallerKey, token } = place;
  const item: IdempotencyItem = {
    CallerKey,
    State: "running",
    Token: token,
    LeaseUntil: leaseUntil(place),
    ExpiresAt: keptUntil(),
  };
  const now = Date.now();
  try {
    await dynamo.send(
      new PutCommand({
        TableName,
        Item: item,
        ConditionExpression:
          "attribute_not_exists(CallerKey) OR ExpiresAt <= :second OR (#state = :running AND LeaseUntil <= :now)",
        ExpressionAttributeNames: { "#state": "State" },
        ExpressionAttributeValues: {
          ":second": Math.floor(now / 1000),
          ":running": "running",
          ":now": now,
        },
      }),
    );
    return undefined;
  } catch (error) {
    const standing = await standingAfter(error, place);
    return standing.Token === token ? undefined : standing;
  }
};

/** Of several that try, the one that still finds the dead one's token wins. */
const takeOver = async (place: ClaimPlace, dead: IdempotencyItem): Promise<void> => {
  const { dynamo, TableName, CallerKey, token } = place;
  try {
    await dynamo.send(
      new UpdateCommand({
        TableName,
        Key: { CallerKey },
        UpdateExpression: "SET #token = :token, LeaseUntil = :lease",
        // The lease, too: the token's owner may have come back to life and renewed it, or ended.
        ConditionExpression: "#token = :dead AND LeaseUntil = :lapsed AND #state = :storing",
        ExpressionAttributeNames: { "#token": "Token", "#state": "State" },
        ExpressionAttributeValues: {
          ":token": token,
          ":lease": leaseUntil(place),
          ":dead": dead.Token,
          ":lapsed": dead.LeaseUntil,
          ":storing": "storing",
        },
      }),
    );
  } catch (error) {
    const standing = await standingAfter(error, place);
    if (standing.Token !== token) throw idempotencyInProgress();
  }
};

/**
 * What stands where a conditional write was refused. It may be our own: the SDK sends again what got no answer, and
 * then the first attempt of the same write is in the way of the second. Other errors are thrown on.
 */
const standingAfter = async (
  error: unknown,
  { dynamo, TableName, CallerKey }: ClaimPlace,
): Promise<IdempotencyItem> => {
  if (!(error instanceof ConditionalCheckFailedException)) throw error;
  const { Item } = await dynamo.send(new GetCommand({ TableName, Key: { CallerKey }, ConsistentRead: true }));
  // Released in between: free for whoever comes next.
  if (!Item) throw idempotencyInProgress();
  return Item as IdempotencyItem;
};
