import { createRequire } from "node:module";
import { connect, createServer } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type ChildServer, startChildServer } from "./child-server.ts";
import type { DynamoDbOptions } from "./dynamodb.ts";

/** Runs a command until it ends or until standard input closes, which dynoxide itself does not watch. */
const UNTIL_INPUT_CLOSES = `
exec 3<&0
"$@" </dev/null &
server=$!
(cat <&3 >/dev/null; kill "$server" 2>/dev/null) &
watchdog=$!
wait "$server"
status=$?
kill "$watchdog" 2>/dev/null
exit "$status"
`;

/** @returns undefined where the port is taken */
export const startDynoxide = async (options: DynamoDbOptions): Promise<ChildServer | undefined> => {
  const { host } = options;
  const port = await reservePort(host, options.port);
  if (port === undefined) return undefined;
  const storage = options.dataDir ? ["--db-path", join(options.dataDir, "dynoxide.db")] : [];
  return startChildServer({
    command: "sh",
    args: [
      "-c",
      UNTIL_INPUT_CLOSES,
      "sh",
      findBinary(),
      "serve",
      "--host",
      host,
      "--port",
      String(port),
      ...storage,
    ],
    readLine: (line) => (/already in use/i.test(line) ? "taken" : undefined),
    // Into a pipe it says that it listens only when its buffer is full, so we knock.
    becomesReady: async (ended) => {
      while (!ended.aborted && !(await accepts(host, port))) await sleep(50);
      return port;
    },
  });
};

const findBinary = (): string => {
  const require = createRequire(import.meta.url);
  try {
    return join(dirname(require.resolve("@dynoxide/linux-x64/package.json")), "dynoxide");
  } catch (cause) {
    throw new Error("DynamoDB Local needs Java 17 or newer: install one (JAVA_HOME or PATH).", { cause });
  }
};

/** A port that can be listened on now: the one wanted, or any for 0, as dynoxide does not tell which it took. */
const reservePort = (host: string, wanted: number): Promise<number | undefined> =>
  new Promise((resolve) => {
    const probe = createServer().once("error", () => resolve(undefined));
    probe.listen(wanted, host, () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" ? address?.port : undefined));
    });
  });

const accepts = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port });
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
