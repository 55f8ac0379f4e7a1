import type { Row } from "../dashboard.ts";
import { badFrom, goodFrom, graph, stat } from "../panel.ts";
import { medianAndTail } from "../quantiles.ts";

/** What every service's dashboard begins with: is it there, and has it been? */
export const standingRow = (job: string): Row => ({
  title: "Is it there?",
  panels: [
    stat({
      title: "Replicas that answer",
      description:
        "Replicas that answered the last scrape. None: the alert ServiceDown follows within a minute.",
      unit: "none",
      query: `sum(up{job="${job}"}) or vector(0)`,
      steps: goodFrom(1),
    }),
    stat({
      title: "Youngest replica started",
      description:
        "When a replica was last started. A moment ago without a deployment: something restarted it.",
      unit: "dateTimeFromNow",
      query: `max(process_start_time_seconds{job="${job}"}) * 1000`,
    }),
    stat({
      title: "Processor in use",
      description: "Cores kept busy by all replicas together. JavaScript alone can use one a replica.",
      unit: "short",
      query: `sum(rate(process_cpu_seconds_total{job="${job}"}[$__rate_interval]))`,
    }),
    stat({
      title: "Memory of the largest replica",
      description: "Resident memory. It does not grow with the size of a file; growth over days is a leak.",
      unit: "bytes",
      query: `max(process_resident_memory_bytes{job="${job}"})`,
    }),
    stat({
      title: "Event loop held up",
      description:
        "99th percentile of how late timers run, worst replica. Over half a second, everything waits.",
      unit: "s",
      query: `max(nodejs_eventloop_lag_p99_seconds{job="${job}"})`,
      steps: badFrom(0.5, 0.1),
    }),
  ],
});

/** A worker's queue: what waits, what is done with it, how long that takes. */
export const queueRows = (queue: string): readonly Row[] => [
  {
    title: `The queue ${queue}`,
    panels: [
      graph({
        title: "Messages in the queue",
        description:
          "Visible ones wait for a free worker, delayed ones for another attempt or their turn, those in flight are " +
          "being worked on. SQS counts approximately.",
        unit: "short",
        queries: {
          "{{state}}": `max by (state) (stockwire_queue_depth{queue="${queue}", state!="dead"})`,
        },
      }),
      graph({
        title: "Dead letters",
        description: "Messages that were given up and wait for an operator. Normally none.",
        unit: "short",
        queries: { "dead letters": `max(stockwire_queue_depth{queue="${queue}", state="dead"})` },
      }),
      graph({
        title: "In flight by replica",
        description:
          "Messages that each replica works on. One that stays at 0 while others are busy is stuck.",
        unit: "short",
        queries: { "{{instance}}": `sum by (instance) (stockwire_queue_in_flight{queue="${queue}"})` },
      }),
      graph({
        title: "Since the queue answered",
        description:
          "Time since each replica's last answered receive, empty ones included: some 20 s at most while a slot is " +
          "free. It rises while every slot is taken, and where the queue cannot be used.",
        unit: "s",
        queries: {
          "{{instance}}": `time() - stockwire_queue_last_receive_timestamp_seconds{queue="${queue}"}`,
        },
      }),
    ],
  },
  {
    title: "Messages worked on",
    panels: [
      graph({
        title: "Messages by outcome",
        description: "Done, tried again after a fault, or given up. Retries now and then are harmless.",
        unit: "ops",
        queries: {
          "{{outcome}}": `sum by (outcome) (rate(stockwire_queue_messages_total{queue="${queue}"}[$__rate_interval]))`,
        },
        stacked: true,
      }),
      graph({
        title: "Time that a message takes",
        description: "From receiving a message to settling it, also where that was only a wait for its turn.",
        unit: "s",
        queries: medianAndTail("stockwire_queue_handler_seconds", { where: `queue="${queue}"` }),
      }),
    ],
  },
];
