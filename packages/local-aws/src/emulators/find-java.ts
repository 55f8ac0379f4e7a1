import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

const OLDEST = 17;

/**
 * The command of a Java that can run DynamoDB Local (17 or newer); undefined where there is none, or where
 * STOCKWIRE_NO_JAVA says to do without.
 */
export const findJava = async (): Promise<string | undefined> => {
  if (process.env.STOCKWIRE_NO_JAVA) return undefined;
  const home = process.env.JAVA_HOME;
  for (const command of home ? [join(home, "bin", "java"), "java"] : ["java"]) {
    if ((await majorVersion(command)) >= OLDEST) return command;
  }
  return undefined;
};

const majorVersion = async (command: string): Promise<number> => {
  try {
    const { stderr } = await run(command, ["-version"]); // Java prints its version to standard error
    return Number(/version "(\d+)/.exec(stderr)?.[1] ?? 0);
  } catch {
    return 0; // not there, or it does not run: the same to us
  }
};
