/** One Ctrl-C arrives several times: from the terminal, and again from npm and the install wrapper. */
const ECHO_MS = 1000;

/**
 * Calls `stop` on the first request to end (a signal, or the death of whoever started this) and `force` on a
 * second Ctrl-C.
 */
export const onStop = (stop: () => void, force: () => void): void => {
  let firstAt: number | undefined;
  const request = (): void => {
    if (firstAt === undefined) {
      firstAt = Date.now();
      stop();
    } else if (Date.now() - firstAt > ECHO_MS) {
      force();
    }
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, request);
  process.once("disconnect", () => {
    if (firstAt === undefined) request();
  });
  process.channel?.unref();
};
