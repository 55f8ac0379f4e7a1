const LEVELS = new Map([
  [10, "trace"],
  [20, "debug"],
  [30, "info"],
  [40, "warn"],
  [50, "error"],
  [60, "fatal"],
]);

/** One line of a service's pino log for people: level, message, error. Anything else stays as it is. */
export const renderLog = (line: string): string => {
  const entry = parse(line);
  if (!entry) return line;
  const level = LEVELS.get(Number(entry.level)) ?? String(entry.level);
  const error = entry.err as { message?: unknown } | undefined;
  return `${level}: ${entry.msg ?? ""}${error?.message ? ` (${error.message})` : ""}`;
};

const parse = (line: string): Record<string, unknown> | undefined => {
  if (!line.startsWith("{")) return undefined;
  try {
    const entry: unknown = JSON.parse(line);
    return typeof entry === "object" && entry !== null && "level" in entry ? { ...entry } : undefined;
  } catch {
    return undefined; // not a log entry, only looks like one
  }
};
