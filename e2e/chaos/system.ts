import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Clients, createClients, destroyClients, type Environment } from "@stockwire/local-aws/clients";
import { freePort, until } from "../stack.ts";
import { INSTANCES, type InstanceId } from "./fault-plan.ts";
import { interfere, type Storm } from "./interference.ts";
import { createJournal, type Journal } from "./journal.ts";
import { createMessages, type Messages } from "./messages.ts";
import { noPoison, type Poison } from "./poison.ts";
import { startProxy } from "./proxy.ts";

/** The system under test: the cloud as a process of its own, and the services, each behind proxies of its own. */
export interface System {
  readonly api: string;
  readonly apiKey: string;
  /** Past the proxies. */
  readonly environment: Environment;
  readonly clients: Clients;
  readonly messages: Messages;
  readonly journal: () => Journal;
  /** Of a new run: what was seen before is forgotten. */
  readonly beginJournal: () => Journal;
  readonly setStorm: (storm: Storm | undefined) => void;
  readonly setPoison: (poison: Poison) => void;
  /** Ends an instance and starts it again `away` milliseconds later. */
  readonly killInstance: (id: InstanceId, signal: "SIGKILL" | "SIGTERM", away: number) => Promise<void>;
  readonly killCloud: (away: number) => Promise<void>;
  /** Sets an instance's clock off by so many milliseconds more. */
  readonly shiftClock: (id: InstanceId, milliseconds: number) => void;
  readonly clockWasMoved: (id: InstanceId) => boolean;
  /**
   * What an earlier run did to the clocks is no fault of the next one. Who had another time is started anew: an API
   * goes on from the latest time that it has ever given.
   */
  readonly resetClocks: () => Promise<void>;
  /** Resolves when every instance runs and is ready. */
  readonly settled: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

interface Instance {
  readonly id: InstanceId;
  readonly service: string;
  readonly environment: Environment;
  readonly clockFile: string;
  clockShift: number;
  clockMoved: boolean;
  generation: number;
  child: ChildProcess | undefined;
  /** Resolves when it has ended and is back. */
  coming: Promise<void>;
}

/** A machine that is busy with other things takes its time. */
const START_SECONDS = 240;

/**
 * @param sources root of the services' sources: this repository, or a copy in which a guard is broken
 * @param places folders that exist, for logs and for the emulators' data
 */
export const startSystem = async (
  sources: string,
  { folder, dataDir }: { readonly folder: string; readonly dataDir: string },
): Promise<System> => {
  const ports = { aws: 0, dynamodb: 0, api: await freePort() };
  let stopping = false;
  let journal = createJournal();
  let storm: Storm | undefined;
  let poison: Poison = noPoison;

  const startCloud = async () => {
    const child = spawn(process.execPath, [join(sources, "packages/local-aws/src/main.ts")], {
      env: {
        PATH: process.env.PATH,
        JAVA_HOME: process.env.JAVA_HOME,
        STOCKWIRE_DATA_DIR: dataDir,
        AWS_PORT: String(ports.aws),
        DYNAMODB_PORT: String(ports.dynamodb),
        NODE_COMPILE_CACHE: join(tmpdir(), "stockwire-chaos-cache"),
      },
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    child.stderr?.pipe(createWriteStream(join(folder, "cloud.log"), { flags: "a" }));
    const [told] = (await Promise.race([
      once(child, "message"),
      once(child, "exit").then(([code]) => Promise.reject(new Error(`the cloud ended with ${code}`))),
    ])) as [{ environment: Record<string, string>; apiKey: string }];
    return { child, ...told };
  };
  /** The predecessor's DynamoDB takes a moment to notice that it is alone. */
  const restartCloud = () =>
    until(() => startCloud().catch(() => undefined), "the cloud to start again", 240);

  /** Somebody else may take a port between the look at it and its use. */
  const startCloudSomewhere = async () => {
    Object.assign(ports, { aws: await freePort(), dynamodb: await freePort() });
    return startCloud().catch(() => undefined);
  };

  let cloud = await until(startCloudSomewhere, "the cloud to start", 240);
  let cloudComing: Promise<void> = Promise.resolve();
  const { environment, apiKey } = cloud;
  const clients = createClients(environment);
  const messages = createMessages(clients.sqs, () => journal);
  const proxies: { stop: () => Promise<void> }[] = [];
  const instances = new Map<InstanceId, Instance>();

  for (const { id, service } of INSTANCES) {
    const [aws, dynamodb] = [await freePort(), await freePort()];
    const upstreams = {
      aws: `http://127.0.0.1:${ports.aws}`,
      dynamodb: `http://127.0.0.1:${ports.dynamodb}`,
    };
    const interference = interfere({
      instance: id,
      generation: () => instances.get(id)?.generation ?? 0,
      storm: () => storm,
      poison: () => poison,
      journal: () => journal,
      messages,
      origins: { proxy: `http://127.0.0.1:${aws}`, upstream: upstreams.aws },
    });
    proxies.push(
      await startProxy({ port: aws, upstream: upstreams.aws, kind: "aws", ...interference }),
      await startProxy({ port: dynamodb, upstream: upstreams.dynamodb, kind: "dynamodb", ...interference }),
    );
    instances.set(id, {
      id,
      service,
      environment: throughProxies(environment, upstreams, { aws, dynamodb }),
      clockFile: join(folder, `${id}.clock`),
      clockShift: 0,
      clockMoved: false,
      generation: 0,
      child: undefined,
      coming: Promise.resolve(),
    });
  }

  const startInstance = async (instance: Instance): Promise<void> => {
    for (let tries = 1; !stopping; tries++) {
      if (await launch(instance)) return;
      if (tries > 100) throw new Error(`${instance.id} does not start`);
      await sleep(250);
    }
  };

  /** False where it ended before it was ready, as it may while the cloud is away. */
  const launch = async (instance: Instance): Promise<boolean> => {
    const operations = await freePort();
    writeFileSync(instance.clockFile, String(instance.clockShift));
    const child = spawn(
      process.execPath,
      [
        "--import",
        join(import.meta.dirname, "clock.mjs"),
        join(sources, "services", instance.service, "src/main.ts"),
      ],
      {
        env: {
          PATH: process.env.PATH,
          ...instance.environment,
          CHAOS_CLOCK_FILE: instance.clockFile,
          NODE_COMPILE_CACHE: join(tmpdir(), "stockwire-chaos-cache"),
          PORT: String(ports.api),
          OPERATIONS_PORT: String(operations),
          LOG_LEVEL: "info",
          QUEUE_WAIT_SECONDS: "1",
          FINISH_SECONDS: "1",
          DIGEST_SECONDS: "0.3",
          // The net below the guards would mend what one of them lets through; it has tests of its own.
          RECONCILE_MINUTES: "0",
          RATE_LIMIT_PER_MINUTE: "0",
          ADDRESS_LIMIT_PER_MINUTE: "0",
          BODY_STALL_SECONDS: "5",
        },
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    instance.child = child;
    instance.generation += 1;
    const log = createWriteStream(join(folder, `${instance.id}.log`), { flags: "a" });
    child.stdout?.pipe(log, { end: false });
    child.stderr?.pipe(log, { end: false });
    let ready = false;
    child.once("exit", (code, signal) => {
      // Whoever ends it takes it out first.
      if (instance.child !== child) return;
      instance.child = undefined;
      if (!ready || stopping) return;
      const diedAt = Date.now();
      journal.crashes.push(`${instance.id} ended with ${signal ?? code}`);
      instance.coming = messages.releaseOf(instance.id, diedAt).then(() => startInstance(instance));
    });
    const deadline = Date.now() + START_SECONDS * 1_000;
    while (instance.child === child && Date.now() < deadline) {
      const answer = await fetch(`http://127.0.0.1:${operations}/live`).catch(() => undefined);
      if (answer?.ok) {
        ready = true;
        return true;
      }
      await sleep(50);
    }
    if (instance.child === child) await endInstance(instance, "SIGKILL");
    return false;
  };

  const endInstance = async (instance: Instance, signal: "SIGKILL" | "SIGTERM"): Promise<void> => {
    const { child } = instance;
    if (child === undefined) return;
    instance.child = undefined;
    const ended = once(child, "exit");
    child.kill(signal);
    await ended;
  };

  const all = () => [...instances.values()];
  await Promise.all(all().map(startInstance));
  return {
    api: `http://127.0.0.1:${ports.api}`,
    apiKey,
    environment,
    clients,
    messages,
    journal: () => journal,
    beginJournal: () => {
      journal = createJournal();
      return journal;
    },
    setStorm: (next) => {
      storm = next;
    },
    setPoison: (next) => {
      poison = next;
    },
    killInstance: (id, signal, away) => {
      const instance = instances.get(id) as Instance;
      const before = instance.coming;
      instance.coming = (async () => {
        await before;
        const inFlight = messages.inFlight(id);
        const at = Date.now();
        if (instance.child !== undefined) journal.faults.push({ at, kind: signal, instance: id, inFlight });
        await endInstance(instance, signal);
        await messages.releaseOf(id, at);
        await sleep(away);
        await startInstance(instance);
      })();
      return instance.coming;
    },
    killCloud: (away) => {
      const before = cloudComing;
      cloudComing = (async () => {
        await before;
        journal.faults.push({ at: Date.now(), kind: "cloud-killed", inFlight: messages.inFlight() });
        const ended = once(cloud.child, "exit");
        cloud.child.kill("SIGKILL");
        await ended;
        await sleep(away);
        cloud = await restartCloud();
      })();
      return cloudComing;
    },
    shiftClock: (id, milliseconds) => {
      const instance = instances.get(id) as Instance;
      instance.clockShift += milliseconds;
      instance.clockMoved = true;
      journal.faults.push({ at: Date.now(), kind: "clock", instance: id, inFlight: messages.inFlight() });
      writeFileSync(instance.clockFile, String(instance.clockShift));
    },
    clockWasMoved: (id) => instances.get(id)?.clockMoved ?? false,
    resetClocks: async () => {
      for (const instance of all().filter(({ clockMoved }) => clockMoved)) {
        await endInstance(instance, "SIGKILL");
        instance.clockShift = 0;
        instance.clockMoved = false;
        await startInstance(instance);
      }
    },
    settled: async () => {
      await cloudComing;
      for (const instance of all()) {
        // Another may have been asked for while this one was waited for.
        for (let coming: Promise<void> | undefined; coming !== instance.coming; ) {
          coming = instance.coming;
          await coming;
        }
      }
    },
    stop: async () => {
      stopping = true;
      await Promise.all(all().map((instance) => endInstance(instance, "SIGKILL")));
      for (const proxy of proxies) await proxy.stop();
      destroyClients(clients);
      await cloudComing.catch(() => undefined);
      if (cloud.child.exitCode === null && cloud.child.signalCode === null) {
        const ended = once(cloud.child, "exit");
        cloud.child.kill("SIGTERM");
        await ended;
      }
    },
  };
};

/** The cloud's environment with this instance's proxies in place of the emulators. */
const throughProxies = (
  environment: Environment,
  upstreams: { readonly aws: string; readonly dynamodb: string },
  ports: { readonly aws: number; readonly dynamodb: number },
): Environment =>
  Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [
      name,
      value
        ?.replace(upstreams.aws, `http://127.0.0.1:${ports.aws}`)
        .replace(upstreams.dynamodb, `http://127.0.0.1:${ports.dynamodb}`),
    ]),
  );
