/**
 * Keeps a message hidden while its handler works, by renewing the visibility timeout at a third of it, one renewal
 * at a time: with the SDK's retries, an early one could otherwise land after a later one. Stops after `capSeconds`
 * (SQS allows 12 hours in all): then `signal` aborts, and the handler should save what it has.
 */
export const startHeartbeat = (options: {
  readonly visibilitySeconds: number;
  readonly capSeconds: number;
  readonly renew: () => Promise<void>;
  readonly onError: (error: unknown) => void;
}): { readonly signal: AbortSignal; readonly stop: () => Promise<void> } => {
  const controller = new AbortController();
  let renewal: Promise<void> | undefined;
  const started = performance.now();
  const timer = setInterval(
    () => {
      if (performance.now() - started > options.capSeconds * 1000) {
        clearInterval(timer);
        controller.abort(new Error(`the message was worked on for more than ${options.capSeconds} s`));
        return;
      }
      renewal ??= options
        .renew()
        .catch(options.onError)
        .finally(() => {
          renewal = undefined;
        });
    },
    (options.visibilitySeconds * 1000) / 3,
  );
  return {
    signal: controller.signal,
    // A renewal under way would otherwise land after the message was handed back, and hide it again.
    stop: async () => {
      clearInterval(timer);
      await renewal;
    },
  };
};
