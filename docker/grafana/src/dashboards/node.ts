import type { Dashboard } from "../dashboard.ts";
import { graph } from "../panel.ts";

const chosen = '{job=~"$job"}';
const replica = "{{job}} {{instance}}";

export const node: Dashboard = {
  name: "node",
  title: "Stockwire: Node's runtime",
  description: "Processor, memory and event loop of every replica.",
  variables: [{ name: "job", label: "Service", valuesOf: "label_values(nodejs_version_info, job)" }],
  rows: [
    {
      title: "Processor and event loop",
      panels: [
        graph({
          title: "Processor",
          description: "Cores in use. JavaScript runs on one; more is garbage collection, TLS, files.",
          unit: "short",
          queries: { [replica]: `rate(process_cpu_seconds_total${chosen}[$__rate_interval])` },
        }),
        graph({
          title: "Event loop held up, 99th percentile",
          description:
            "How late timers run. Long calculations without a pause hold up every request and message.",
          unit: "s",
          queries: { [replica]: `nodejs_eventloop_lag_p99_seconds${chosen}` },
        }),
        graph({
          title: "Time in garbage collection",
          description: "Share of time. A tenth or more means that memory is short.",
          unit: "percentunit",
          queries: {
            [replica]: `sum by (job, instance) (rate(nodejs_gc_duration_seconds_sum${chosen}[$__rate_interval]))`,
          },
        }),
      ],
    },
    {
      title: "Memory",
      panels: [
        graph({
          title: "Resident memory",
          description: "What the machine gives the process, and a container's limit is about.",
          unit: "bytes",
          queries: { [replica]: `process_resident_memory_bytes${chosen}` },
        }),
        graph({
          title: "JavaScript heap in use",
          description: "Saw teeth are normal. A bottom line that rises for hours is a leak.",
          unit: "bytes",
          queries: { [replica]: `nodejs_heap_size_used_bytes${chosen}` },
        }),
        graph({
          title: "Buffers and other memory outside the heap",
          description: "Parts of files under way lie here.",
          unit: "bytes",
          queries: { [replica]: `nodejs_external_memory_bytes${chosen}` },
        }),
      ],
    },
    {
      title: "Process",
      panels: [
        graph({
          title: "Open file descriptors",
          description: "Sockets and files. A steady rise is a leak that ends at the process's limit.",
          unit: "short",
          queries: { [replica]: `process_open_fds${chosen}` },
        }),
        graph({
          title: "Things that keep the process busy",
          description: "Sockets, timers and requests that Node counts as active.",
          unit: "short",
          queries: { [replica]: `nodejs_active_resources_total${chosen}` },
        }),
        graph({
          title: "Running for",
          description: "Time since the start. A fall to 0 is a restart.",
          unit: "s",
          queries: { [replica]: `time() - process_start_time_seconds${chosen}` },
        }),
        graph({
          title: "Replicas by version of Node",
          description: "All of them have the version that the images were built with.",
          unit: "none",
          queries: { "{{version}}": `count by (version) (nodejs_version_info${chosen})` },
        }),
      ],
    },
  ],
};
