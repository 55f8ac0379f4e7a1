/** The one line for a port that somebody else listens on. */
export const takenPort = (port: number, variable: string, cause?: unknown): Error =>
  new Error(`Port ${port} is taken: stop what listens on it, or set ${variable} to another port.`, { cause });
