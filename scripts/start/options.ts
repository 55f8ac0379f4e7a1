import { join } from "node:path";

export interface StartOptions {
  /** Do not load the sample files. */
  readonly empty: boolean;
  /** Where data stays between starts; undefined: nothing on disk. */
  readonly dataDir: string | undefined;
  /** Where services and emulators listen. */
  readonly host: string;
  readonly apiPort: number;
  /** Operations port of the first service; the others follow. */
  readonly operationsPort: number;
  readonly awsPort: number;
  readonly dynamoPort: number;
  /** True: AWS_ENDPOINT_URL names somebody else's cloud, and no emulator is started. */
  readonly foreign: boolean;
}

const USAGE = "Usage: npm start [-- --empty | --memory]";

/** @throws Error with one line for the user */
export const readOptions = (args: readonly string[], environment: NodeJS.ProcessEnv): StartOptions => {
  const unknown = args.find((arg) => arg !== "--empty" && arg !== "--memory");
  if (unknown) throw new Error(`Unknown option ${unknown}. ${USAGE}`);
  const port = (name: string, fallback: number): number => {
    const value = Number(environment[name] || fallback);
    if (Number.isInteger(value) && value > 0 && value < 65536) return value;
    throw new Error(`${name} must be a port number, not "${environment[name]}".`);
  };
  const foreign = Boolean(environment.AWS_ENDPOINT_URL);
  // An endpoint's checkpoints and samples are its own business, apart from the embedded cloud's.
  const dataDir = join(import.meta.dirname, "../../.stockwire", foreign ? "connected" : "");
  return {
    empty: args.includes("--empty"),
    dataDir: args.includes("--memory") ? undefined : environment.STOCKWIRE_DATA_DIR || dataDir,
    host: environment.HOST || "127.0.0.1",
    apiPort: port("PORT", 8080),
    operationsPort: port("OPERATIONS_PORT", 9101),
    awsPort: port("AWS_PORT", 4566),
    dynamoPort: port("DYNAMODB_PORT", 8000),
    foreign,
  };
};

/** The address under which this machine reaches what listens on `host`. */
export const reachable = (host: string): string => (host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host);
