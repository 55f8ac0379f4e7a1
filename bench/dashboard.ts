import { setTimeout as pause } from "node:timers/promises";
import type { CDPSession, Page } from "playwright-core";
import { startBrowsing } from "../e2e/browser/browser.ts";
import { alternate } from "./harness/alternate.ts";
import type { Benchmark } from "./harness/benchmark.ts";
import { figure } from "./harness/format.ts";
import { ratioOf } from "./harness/ratio.ts";
import { median, percentile } from "./harness/statistics.ts";

const STORES = { Small: 500, Large: 50_000 } as const;
type Store = keyof typeof STORES;
const ROUNDS = { short: 1, full: 3 } as const;
const CHANGES = { short: 3, full: 20 } as const;
const SCROLL_SECONDS = 5;
const QUIET_MS = 2_500;
const MEGABYTE = 1_000_000;

interface Sample {
  readonly firstRow: number;
  readonly complete: number;
  /** Milliseconds between frames while scrolling: median, 95th percentile, longest. */
  readonly frames: readonly [number, number, number];
  readonly heap: number;
  readonly elements: number;
}

/** Scrolls a fixed distance each frame and notes how long each took; runs in the page. */
const SCROLL = `new Promise((resolve) => {
  const gaps = [];
  let last = performance.now();
  const end = last + ${SCROLL_SECONDS} * 1000;
  const step = (now) => {
    gaps.push(now - last);
    last = now;
    scrollBy(0, 240);
    if (now < end) requestAnimationFrame(step);
    else resolve(gaps.slice(1));
  };
  requestAnimationFrame(step);
})`;

const heapOf = async (session: CDPSession): Promise<number> => {
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  return usedSize;
};

const measure = async (page: Page, address: string, store: Store): Promise<Sample> => {
  await page.goto("about:blank");
  const started = performance.now();
  await page.goto(`${address}#/stores/${store}`);
  await page.getByRole("cell").first().waitFor();
  const firstRow = performance.now() - started;
  const items = STORES[store].toLocaleString("en-GB");
  await page.getByText(`${items} items`, { exact: true }).waitFor({ timeout: 120_000 });
  const complete = performance.now() - started;
  const session = await page.context().newCDPSession(page);
  const heap = await heapOf(session);
  const gaps = await page.evaluate<number[]>(SCROLL);
  const elements = await page.evaluate<number>("document.querySelectorAll('*').length");
  await session.detach();
  return {
    firstRow,
    complete,
    frames: [median(gaps), percentile(gaps, 95), Math.max(...gaps)],
    heap,
    elements,
  };
};

type Browsing = Awaited<ReturnType<typeof startBrowsing>>;

/** Milliseconds from a file's sending until its count shows on a page with all items of the large store. */
const watchChanges = async ({ stack }: Browsing, page: Page, changes: number): Promise<number[]> => {
  const delays: number[] = [];
  await page.goto(`${stack.api}/#/stores/Large`);
  await page.getByText("50,000 items", { exact: true }).waitFor({ timeout: 120_000 });
  await page.getByLabel("Find an item").fill("Article 7 of");
  const cell = page.getByRole("row").nth(1).getByRole("cell").nth(1);
  for (let change = 0; change < changes; change++) {
    const count = 1_000 + change;
    // Of one store there is one event a second: the one before is to be over.
    await pause(QUIET_MS);
    const sent = performance.now();
    await stack.send(`store,item,count\nLarge,Article 7 of the catalogue,${count}`);
    await cell.getByText(count.toLocaleString("en-GB")).waitFor();
    delays.push(performance.now() - sent);
  }
  return delays;
};

const LINES: readonly (readonly [name: string, pick: (sample: Sample) => number])[] = [
  ["address to first row, ms", ({ firstRow }) => firstRow],
  ["address to last item, ms", ({ complete }) => complete],
  ["scrolling: median between frames, ms", ({ frames }) => frames[0]],
  ["scrolling: 95th percentile, ms", ({ frames }) => frames[1]],
  ["scrolling: longest, ms", ({ frames }) => frames[2]],
  ["heap of the page, MB", ({ heap }) => heap / MEGABYTE],
  ["elements in the document", ({ elements }) => elements],
];

export const benchmark: Benchmark = {
  name: "dashboard",
  title: "The page",
  about:
    "A store of 50,000 items in Chromium, beside one of 500, on the same cores as everything else: time from the address to the " +
    "first row and to the last, how smoothly the list scrolls, the page's heap; then how long a count that is sent takes to show. " +
    "Checked: the number of items on the page, every count that was sent.",
  run: async (extent, say) => {
    const cleanUps: (() => unknown)[] = [];
    try {
      const browsing = await startBrowsing({ teardown: (cleanUp) => cleanUps.unshift(cleanUp) });
      const { stack, signedIn } = browsing;
      for (const [store, count] of Object.entries(STORES)) {
        say(`loading ${count} items`);
        const rows = Array.from(
          { length: count },
          (_, index) => `${store},Article ${index} of the catalogue,${index % 90}`,
        );
        const receipt = await stack.ended(await stack.send(["store,item,count", ...rows].join("\n")), 600);
        if (receipt.rows.written !== count) throw new Error(`${store}: ${JSON.stringify(receipt.rows)}`);
      }
      const page = await signedIn();
      const look = (store: Store) => measure(page, `${stack.api}/`, store);
      const { small, large } = await alternate(
        { small: () => look("Small"), large: () => look("Large") },
        ROUNDS[extent],
        say,
      );
      say("sending changes");
      const delays = await watchChanges(browsing, page, CHANGES[extent]);
      return {
        tables: [
          {
            title: "Two stores on the page",
            columns: ["a store of", `${figure(STORES.Small)} items`, `${figure(STORES.Large)} items`],
            rows: LINES.map(([name, pick]) => [
              name,
              figure(median(small.map(pick))),
              figure(median(large.map(pick))),
            ]),
          },
          {
            title: "From a file's sending to its count on the page of 50,000 items, ms",
            columns: ["changes", "median", "p95"],
            rows: [[String(delays.length), figure(median(delays)), figure(percentile(delays, 95))]],
          },
        ],
        ratios: [
          ratioOf(
            "dashboard/first-row-large-to-small",
            large.map(({ firstRow }) => firstRow),
            small.map(({ firstRow }) => firstRow),
          ),
          ratioOf(
            "dashboard/frames-p95-large-to-small",
            large.map(({ frames }) => frames[1]),
            small.map(({ frames }) => frames[1]),
          ),
        ],
      };
    } finally {
      for (const cleanUp of cleanUps) await cleanUp();
    }
  },
};
