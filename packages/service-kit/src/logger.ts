import { type DestinationStream, type Logger, pino } from "pino";

export type { Logger };

/**
 * JSON lines on standard output. Bind `uploadId` with `log.child` as soon as it is known: it is the correlation
 * id that follows a file through every service.
 */
export const createLogger = (service: string, level: string, destination?: DestinationStream): Logger =>
  pino(
    {
      level,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: ["req.headers.authorization", "req.headers['x-api-key']"],
    },
    destination ?? pino.destination({ sync: true }),
  );
