import closeWithGrace from "close-with-grace";
import { type TObject, Type } from "typebox";
import { type Config, type ConfigDefinition, ConfigError, type ResourceNeeds, readConfig } from "./config.ts";
import { createLogger, type Logger } from "./logger.ts";
import { createMetrics, type Metrics } from "./metrics.ts";
import { type ReadinessCheck, startOperationsServer } from "./operations-server.ts";

/** Settings that every service has. */
export const commonSettings = {
  LOG_LEVEL: Type.Union(
    (["trace", "debug", "info", "warn", "error", "fatal"] as const).map((level) => Type.Literal(level)),
    {
      default: "info",
      description: "least severe level that is logged: trace, debug, info, warn, error or fatal",
    },
  ),
  OPERATIONS_HOST: Type.String({
    default: "127.0.0.1",
    description: "address of /live, /ready and /metrics",
  }),
  OPERATIONS_PORT: Type.Integer({
    minimum: 0,
    maximum: 65_535,
    description: "port of /live, /ready and /metrics; 0 takes any free one",
  }),
  STOP_TIMEOUT_SECONDS: Type.Integer({
    minimum: 1,
    maximum: 110,
    default: 25,
    description: "seconds from SIGTERM to exit; keep it below what the platform waits before it kills",
  }),
};

export interface ShutdownPhase {
  readonly name: string;
  readonly run: () => Promise<unknown>;
}

/** What a service hands back once it works. */
export interface RunningService {
  readonly checks: Readonly<Record<string, ReadinessCheck>>;
  /** Run in order on SIGTERM; a phase that throws is logged and the next one runs. */
  readonly shutdown: readonly ShutdownPhase[];
}

export interface ServiceContext<Settings extends TObject, Needs extends ResourceNeeds> {
  readonly config: Config<Settings, Needs>;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/**
 * Reads the configuration, starts the service and its operations server, and stops both in order on SIGTERM or
 * SIGINT. Exits 0 after a clean stop, 1 when a variable is wrong, the start failed or a bug came through.
 */
export const runService = async <Settings extends TObject, Needs extends ResourceNeeds>(
  name: string,
  definition: ConfigDefinition<Settings, Needs>,
  start: (context: ServiceContext<Settings, Needs>) => Promise<RunningService>,
): Promise<void> => {
  const config = configOrExit(name, definition);
  const common = config.settings as {
    LOG_LEVEL: string;
    OPERATIONS_HOST: string;
    OPERATIONS_PORT: number;
    STOP_TIMEOUT_SECONDS: number;
  };
  const log = createLogger(name, common.LOG_LEVEL);
  const metrics = createMetrics(name);
  try {
    const service = await start({ config, log, metrics });
    const operations = await startOperationsServer({
      host: common.OPERATIONS_HOST,
      port: common.OPERATIONS_PORT,
      registry: metrics.registry,
      checks: service.checks,
    });
    log.info({ operationsPort: operations.port }, "started");
    const delay = common.STOP_TIMEOUT_SECONDS * 1000;
    const onTimeout = () => log.error({ delay }, "did not stop in time");
    closeWithGrace({ delay, onTimeout, logger: false }, async ({ signal, err }) => {
      if (err) log.fatal({ err }, "stopping because of a bug");
      else log.info({ signal }, "stopping");
      operations.stopBeingReady();
      await runPhases([...service.shutdown, { name: "operations server", run: operations.close }], log);
    });
  } catch (error) {
    if (error instanceof ConfigError) refuse(name, error);
    log.fatal({ err: error }, "could not start");
    process.exit(1);
  }
};

const configOrExit = <Settings extends TObject, Needs extends ResourceNeeds>(
  name: string,
  definition: ConfigDefinition<Settings, Needs>,
): Config<Settings, Needs> => {
  try {
    return readConfig(definition, process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return refuse(name, error);
  }
};

const refuse = (name: string, { message }: ConfigError): never => {
  for (const line of message.split("\n")) process.stderr.write(`${name}: ${line}\n`);
  process.exit(1);
};

const runPhases = async (phases: readonly ShutdownPhase[], log: Logger): Promise<void> => {
  for (const phase of phases) {
    const started = performance.now();
    try {
      await phase.run();
      log.info({ phase: phase.name, milliseconds: Math.round(performance.now() - started) }, "stopped");
    } catch (error) {
      log.error({ err: error, phase: phase.name }, "did not stop cleanly");
    }
  }
};
