import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { ListTablesCommand } from "@aws-sdk/client-dynamodb";
import t from "tap";
import { createClients, destroyClients } from "../src/clients.ts";
import { startLocalCloud } from "../src/local-cloud.ts";
import { startTestCloud } from "./helpers.ts";

const accepts = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 2000 });
    const answer = (accepted: boolean) => () => {
      socket.destroy();
      resolve(accepted);
    };
    socket.on("connect", answer(true)).on("error", answer(false)).on("timeout", answer(false));
  });

const portOf = (url: string | undefined): number => Number(new URL(url ?? "").port);

t.test("everything listens on this machine only", async (t) => {
  const { environment } = await startTestCloud(t);
  const ports = [environment.AWS_ENDPOINT_URL_S3, environment.AWS_ENDPOINT_URL_DYNAMODB].map(portOf);
  const outside = Object.values(networkInterfaces())
    .flat()
    .filter((address) => address?.family === "IPv4" && !address.internal)
    .map((address) => address?.address ?? "");
  for (const port of ports) {
    t.ok(await accepts("127.0.0.1", port));
    for (const address of outside) t.notOk(await accepts(address, port), `${address}:${port}`);
  }
});

t.test("a taken port is one line that says how to change it", async (t) => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  t.teardown(() => other.close());
  const address = other.address();
  const port = typeof address === "object" && address ? address.port : 0;
  await t.rejects(startLocalCloud({ awsPort: port }), {
    message: `Port ${port} is taken: stop what listens on it, or set AWS_PORT to another port.`,
  });
  await t.rejects(startLocalCloud({ dynamoPort: port }), {
    message: `Port ${port} is taken: stop what listens on it, or set DYNAMODB_PORT to another port.`,
  });
});

const startProcess = async (environment: Record<string, string>) => {
  const child = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", join(import.meta.dirname, "../src/main.ts")],
    {
      env: { ...process.env, AWS_PORT: "0", DYNAMODB_PORT: "0", ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let output = "";
  let errors = "";
  child.stderr.on("data", (text) => {
    errors += text;
  });
  for await (const text of child.stdout) {
    output += text;
    if (output.includes("\n")) break;
  }
  return { child, environment: JSON.parse(output || "{}").environment, errors: () => errors };
};

/** Resolves when nothing listens there any more. */
const gone = async (port: number): Promise<void> => {
  while (await accepts("127.0.0.1", port)) {
    // as long as it takes; the test's own timeout ends it
  }
};

t.test("as a process: killed, it takes its emulators with it; stopped, it ends cleanly", async (t) => {
  const killed = await startProcess({});
  killed.child.kill("SIGKILL");
  await gone(portOf(killed.environment.AWS_ENDPOINT_URL_DYNAMODB));
  await gone(portOf(killed.environment.AWS_ENDPOINT_URL_S3));

  const stopped = await startProcess({});
  const port = portOf(stopped.environment.AWS_ENDPOINT_URL_DYNAMODB);
  stopped.child.kill("SIGTERM");
  const [code] = await once(stopped.child, "exit");
  t.equal(code, 0, stopped.errors());
  t.notOk(await accepts("127.0.0.1", port));
});

t.test(
  "without Java dynoxide stands in",
  { skip: process.platform !== "linux" || process.arch !== "x64" },
  async (t) => {
    const { child, environment, errors } = await startProcess({ STOCKWIRE_NO_JAVA: "1" });
    const clients = createClients(environment);
    const { TableNames } = await clients.dynamodb.send(new ListTablesCommand({}));
    t.ok(TableNames?.includes("Inventory"));
    destroyClients(clients);
    t.match(errors(), /^No Java 17 or newer found: dynoxide stands in/);
    child.kill("SIGKILL");
    await gone(portOf(environment.AWS_ENDPOINT_URL_DYNAMODB));
  },
);
