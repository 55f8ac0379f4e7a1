import type { BenchService } from "./system.ts";

/** Messages by what became of them: `done`, `retried` or `dead`. */
export type MessageCounts = Readonly<Record<string, number>>;

const LINE = /^stockwire_queue_messages_total\{([^}]*)\} (\S+)$/gm;
const labelOf = (labels: string, name: string): string | undefined =>
  new RegExp(`(?:^|,)${name}="([^"]*)"`).exec(labels)?.[1];

/** Messages of a queue that these services have settled since they started, as their own counters (/metrics) say. */
export const countMessages = async (
  services: readonly BenchService[],
  queue: string,
): Promise<MessageCounts> => {
  const counts: Record<string, number> = {};
  for (const { operations } of services) {
    const text = await (await fetch(`${operations}/metrics`)).text();
    for (const [, labels = "", value] of text.matchAll(LINE)) {
      const outcome = labelOf(labels, "outcome");
      if (labelOf(labels, "queue") !== queue || outcome === undefined) continue;
      counts[outcome] = (counts[outcome] ?? 0) + Number(value);
    }
  }
  return counts;
};

/** All of them, whatever became of them. */
export const sumOf = (counts: MessageCounts): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);
