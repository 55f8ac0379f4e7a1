import { type ExecFileException, execFile } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { homedir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");

interface Ended {
  readonly code: number;
  readonly output: string;
}

/** One project of the real engine, apart from any other by its name and its ports. */
export interface ComposeProject {
  readonly api: string;
  readonly prometheus: string;
  /** Where presigned addresses of the embedded cloud lead. */
  readonly s3: string;
  /** `docker compose …`. @throws Error with its output where it fails */
  compose(...args: string[]): Promise<string>;
  docker(...args: string[]): Promise<string>;
  /** Names of a service's running containers. */
  containers(service: string): Promise<string[]>;
}

/** @throws Error of one line where there is no engine to talk to */
export const openComposeProject = async (name: string): Promise<ComposeProject> => {
  const [api, prometheus, s3] = [await freePort(), await freePort(), await freePort()];
  const userNpmrc = join(homedir(), ".npmrc");
  const environment = {
    ...process.env,
    COMPOSE_PROJECT_NAME: name,
    COMPOSE_PROGRESS: "plain",
    API_PORT: String(api),
    PROMETHEUS_PORT: String(prometheus),
    S3_PORT: String(s3),
    S3_PUBLIC_ENDPOINT: `http://127.0.0.1:${s3}`,
    AWS_ENV_FILE: "docker/aws.env.example",
    ...(existsSync(userNpmrc) && { NPMRC: process.env.NPMRC ?? userNpmrc }),
  };
  const docker = async (...args: string[]): Promise<string> => {
    const { code, output } = await run(args, environment);
    if (code !== 0) throw new Error(`docker ${args.join(" ")} ended with ${code}:\n${output}`);
    return output.trim();
  };
  await docker("version", "--format", "{{.Server.Version}}").catch(refuse("a running Docker engine"));
  await docker("compose", "version", "--short").catch(refuse("Compose v2"));
  const compose = (...args: string[]): Promise<string> => docker("compose", ...args);
  return {
    api: `http://127.0.0.1:${api}`,
    prometheus: `http://127.0.0.1:${prometheus}`,
    s3: `http://127.0.0.1:${s3}`,
    compose,
    docker,
    containers: async (service) =>
      (await compose("ps", "--format", "{{.Name}}", "--status", "running", service))
        .split("\n")
        .filter(Boolean),
  };
};

const refuse =
  (needed: string) =>
  (cause: Error): never => {
    throw new Error(`compose:test needs ${needed}: ${cause.message.trim().split("\n").at(-1)}`);
  };

const run = (args: string[], env: NodeJS.ProcessEnv): Promise<Ended> =>
  new Promise((resolve) => {
    const options = { cwd: root, env, maxBuffer: 64 * 1024 * 1024 };
    execFile("docker", args, options, (error: ExecFileException | null, stdout, stderr) => {
      const code = error ? (typeof error.code === "number" ? error.code : 1) : 0;
      resolve({ code, output: code === 0 ? stdout : `${stdout}${stderr || (error?.message ?? "")}` });
    });
  });

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
};
