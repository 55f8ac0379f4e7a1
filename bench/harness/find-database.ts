import { findJava } from "@stockwire/local-aws/emulators/find-java";

/** What stands in for DynamoDB. */
export type Database = "DynamoDB Local" | "dynoxide";

/** What a local cloud takes that is started now: it decides by the same. */
export const findDatabase = async (): Promise<Database> =>
  (await findJava()) === undefined ? "dynoxide" : "DynamoDB Local";
