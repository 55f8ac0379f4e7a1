import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { join } from "node:path";
import { type buildApp, type FauxqsServer, startFauxqs } from "fauxqs";
import { takenPort } from "../taken-port.ts";

/** The Fastify application inside fauxqs, where the bridges hook in. */
export type FauxqsApp = ReturnType<typeof buildApp>;

export interface FauxqsOptions {
  /** Absent: in memory. */
  readonly dataDir: string | undefined;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Called before the routes exist, so that its hooks see every request. */
  readonly extend: (app: FauxqsApp) => void;
}

/** Bytes of one PUT: fauxqs itself stops at 11 MiB, S3 at 5 GiB. It is held in memory. */
const LARGEST_PUT = 1024 ** 3;

/**
 * Starts S3, SQS and SNS in this process.
 *
 * fauxqs listens on every interface and offers no hooks. Fastify announces each application it creates on a
 * diagnostics channel, which is how we get hold of this one; fauxqs creates it before its first `await`, so no
 * other application of this process can slip in between.
 * @throws Error whose message is one line for the user
 */
export const startFauxqsAt = async (options: FauxqsOptions): Promise<FauxqsServer> => {
  let app: FauxqsApp | undefined;
  const adopt = (message: unknown): void => {
    app = (message as { fastify: FauxqsApp }).fastify;
    listenOn(app, options.host);
    acceptLargePuts(app);
    options.extend(app);
  };
  subscribe("fastify.initialization", adopt);
  const starting = startFauxqs({
    port: options.port,
    logger: false,
    ...(options.dataDir && { dataDir: options.dataDir, s3StorageDir: s3StorageIn(options.dataDir) }),
  });
  unsubscribe("fastify.initialization", adopt);
  try {
    return await starting;
  } catch (cause) {
    await app?.close();
    const taken = (cause as NodeJS.ErrnoException).code === "EADDRINUSE";
    throw taken ? takenPort(options.port, "AWS_PORT", cause) : cause;
  }
};

/** Where S3's objects lie as files. */
export const s3StorageIn = (dataDir: string): string => join(dataDir, "s3");

const listenOn = (app: FauxqsApp, host: string): void => {
  const listen = app.listen.bind(app);
  app.listen = ((settings: { port: number }) => listen({ ...settings, host })) as typeof app.listen;
};

const acceptLargePuts = (app: FauxqsApp): void => {
  app.addHook("onRoute", (route) => {
    if (route.url === "/:bucket/*" && route.method === "PUT") route.bodyLimit = LARGEST_PUT;
  });
};
