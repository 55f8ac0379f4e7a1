/** A provisioned cloud with its bridges running, whoever provides it. */
export interface Cloud {
  /** What services need to find and use it: endpoints, region, resource names. */
  readonly environment: Record<string, string>;
  /** Stops what was started for it, and only that. Data on disk stays. */
  stop(): Promise<void>;
}

export interface CloudOptions {
  /** Where emulators and bridges keep their data; absent: in memory. */
  readonly dataDir?: string | undefined;
  /** Lines for the user; absent: standard error. */
  readonly log?: ((line: string) => void) | undefined;
}

export const logToStandardError = (line: string): void => {
  process.stderr.write(`${line}\n`);
};
