/**
 * A store of 50,000 items in a real browser, beside one of 500: time from the address to the first row and to the last,
 * how smoothly the list scrolls, and the page's heap; then how long a count that was sent takes to show. Ratios between
 * the two stores are what to compare; figures hold for the machine that they were taken on.
 *
 *   node bench/dashboard.ts [rounds]
 */
import { setTimeout as pause } from "node:timers/promises";
import type { CDPSession, Page } from "playwright-core";
import { startBrowsing } from "../e2e/browser/browser.ts";

const STORES = { Small: 500, Large: 50_000 } as const;
type Store = keyof typeof STORES;
const SCROLL_SECONDS = 5;
const CHANGES = 20;
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

const median = (values: readonly number[]): number => quantile(values, 0.5);
const quantile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
};

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
    frames: [median(gaps), quantile(gaps, 0.95), Math.max(...gaps)],
    heap,
    elements,
  };
};

const rounds = Number(process.argv[2] ?? 3);
const cleanUps: (() => unknown)[] = [];
const { stack, signedIn } = await startBrowsing({ teardown: (cleanUp) => cleanUps.unshift(cleanUp) });
try {
  for (const [store, count] of Object.entries(STORES)) {
    const rows = Array.from(
      { length: count },
      (_, index) => `${store},Article ${index} of the catalogue,${index % 90}`,
    );
    const receipt = await stack.ended(await stack.send(["store,item,count", ...rows].join("\n")), 600);
    if (receipt.rows.written !== count) throw new Error(`${store}: ${JSON.stringify(receipt.rows)}`);
  }
  const page = await signedIn();
  const samples: Record<Store, Sample[]> = { Small: [], Large: [] };
  await measure(page, `${stack.api}/`, "Small");
  for (let round = 0; round < rounds; round++) {
    for (const store of ["Small", "Large"] as const) {
      samples[store].push(await measure(page, `${stack.api}/`, store));
    }
  }
  const of = (store: Store, pick: (sample: Sample) => number): number => median(samples[store].map(pick));
  const line = (name: string, pick: (sample: Sample) => number, unit: string, per = 1): string => {
    const [small, large] = [of("Small", pick) / per, of("Large", pick) / per];
    return `| ${name} | ${small.toFixed(1)} ${unit} | ${large.toFixed(1)} ${unit} | ${(large / small).toFixed(2)} |`;
  };
  console.log(`| a store of | ${STORES.Small} items | ${STORES.Large} items | ratio |`);
  console.log("| --- | --- | --- | --- |");
  console.log(line("address to first row", ({ firstRow }) => firstRow, "ms"));
  console.log(line("address to last item", ({ complete }) => complete, "ms"));
  console.log(line("scrolling: median between frames", ({ frames }) => frames[0], "ms"));
  console.log(line("scrolling: 95th percentile", ({ frames }) => frames[1], "ms"));
  console.log(line("scrolling: longest", ({ frames }) => frames[2], "ms"));
  console.log(line("heap of the page", ({ heap }) => heap, "MB", MEGABYTE));
  console.log(line("elements in the document", ({ elements }) => elements, ""));

  const delays: number[] = [];
  await page.goto(`${stack.api}/#/stores/Large`);
  await page.getByText("50,000 items", { exact: true }).waitFor({ timeout: 120_000 });
  await page.getByLabel("Find an item").fill("Article 7 of");
  const cell = page.getByRole("row").nth(1).getByRole("cell").nth(1);
  for (let change = 0; change < CHANGES; change++) {
    const count = 1_000 + change;
    // Of one store there is one event a second: the one before is to be over.
    await pause(QUIET_MS);
    const sent = performance.now();
    await stack.send(`store,item,count\nLarge,Article 7 of the catalogue,${count}`);
    await cell.getByText(count.toLocaleString("en-GB")).waitFor();
    delays.push(performance.now() - sent);
  }
  console.log(
    `\nA count shows ${median(delays).toFixed(0)} ms after it is sent (p95 ${quantile(delays, 0.95).toFixed(0)} ms, ${CHANGES} files one after the other, 50,000 items on the page).`,
  );
} finally {
  for (const cleanUp of cleanUps) await cleanUp();
}
