import t from "tap";
import { keepScreenshot, startBrowsing } from "./browser.ts";

const { stack, open, signedIn, complaints } = await startBrowsing(t);
/** Adds up how far things moved by themselves; runs in the page. */
const WATCH_SHIFTS = `
  globalThis.shifted = 0;
  new PerformanceObserver((list) => {
    for (const { value } of list.getEntries()) shifted += value;
  }).observe({ type: "layout-shift", buffered: true });
`;
const HOSTILE = "<img src=x onerror=alert(1)>";

const load = async (csv: string): Promise<void> => {
  const { status } = await stack.ended(await stack.send(csv));
  if (status !== "loaded") throw new Error(status);
};
const rows = Array.from({ length: 300 }, (_, index) => `Berlin,Article ${index},${index % 7}`);
await load(["store,item,count", ...rows, "Berlin,Echo Plus,12"].join("\n"));
await load("store,item,count\nOslo,Lamp,3\nOslo,Cable,0");
await load(`store,item,count\n"${HOSTILE}","<script>alert(2)</script>",0`);

t.test("a key is asked for, and a wrong one is refused in words", async (t) => {
  const page = await open(stack.api);
  await page.getByLabel("API key").fill("ключ");
  await page.getByRole("button", { name: "Use the key" }).click();
  await page.getByRole("alert").getByText("That is no key").waitFor();
  await page.getByLabel("API key").fill("sw_wrong");
  await page.getByRole("button", { name: "Use the key" }).click();
  await page.getByRole("alert").getByText("not, or no longer, valid").waitFor();
  complaints.splice(0, complaints.length, ...complaints.filter((line) => !line.includes("401")));
  await page.getByLabel("API key").fill(stack.apiKey);
  await page.getByRole("button", { name: "Use the key" }).click();
  await page.getByRole("heading", { name: "Stock" }).waitFor();
  t.notMatch(page.url(), stack.apiKey, "the key is nowhere in the address");
  t.notMatch(
    await page.evaluate<string>("JSON.stringify(localStorage)"),
    stack.apiKey,
    "nor anywhere that outlives the tab",
  );
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByLabel("API key").waitFor();
  t.equal(await page.evaluate("sessionStorage.length"), 0);
  await page.context().close();
});

t.test("the first view: all stores at a glance, and nothing jumps", async (t) => {
  const page = await open(`${stack.api}/`);
  let scripts = 0;
  page.on("response", async (response) => {
    if (response.url().endsWith(".js")) scripts += Number(response.headers()["content-length"] ?? 0);
  });
  const credential = JSON.stringify({ kind: "key", key: stack.apiKey });
  await page.evaluate(`sessionStorage.setItem("stockwire.credential", ${JSON.stringify(credential)})`);
  await page.addInitScript({ content: WATCH_SHIFTS });
  await page.reload();
  const berlin = page.getByRole("link", { name: /^Berlin/ });
  await berlin.waitFor();
  t.match(await berlin.textContent(), /43 out0 low301 items/);
  t.match(await page.locator("dl.totals").textContent(), /Stores3Items304Out of stock45/);
  const shift = await page.evaluate<number>("shifted");
  t.ok(shift < 0.1, `layout shift ${shift}: good is below 0.1 (web.dev, Cumulative Layout Shift)`);
  t.ok(scripts > 0 && scripts < 100_000, `${scripts} bytes of compressed script`);
  await keepScreenshot(page, "stock-light");
  await page.context().close();
});

t.test("the store menu leads to a store; search, level and order find items", async (t) => {
  const page = await signedIn();
  await page.getByRole("combobox", { name: "Store" }).selectOption("Berlin");
  await page.getByRole("heading", { name: "Berlin" }).waitFor();
  t.match(page.url(), /#\/stores\/Berlin$/);
  const table = page.getByRole("table", { name: "Items of Berlin" });
  await table.getByRole("row").nth(5).waitFor();
  const first = () => table.getByRole("row").nth(1).textContent();
  await page.getByText("301 items").waitFor();
  t.match(await first(), /^Article 00/, "in the order in which people count");
  t.ok((await table.getByRole("row").count()) < 80, "of many rows only those in the window are there");
  await page.getByRole("columnheader", { name: "Count" }).getByRole("button").click();
  await page.getByRole("columnheader", { name: "Count" }).getByRole("button").click();
  t.match(await first(), /^Echo Plus12/);
  await page.getByRole("radio", { name: /^Out/ }).check();
  await page.getByText("43 of 301 items").waitFor();
  await page.getByLabel("Find an item").fill("article 28");
  await page.getByText("3 of 301 items").waitFor();
  await keepScreenshot(page, "store-search");
  await page.getByLabel("Find an item").fill("");
  await page.getByRole("radio", { name: /^All/ }).check();
  await page.getByRole("columnheader", { name: "Item" }).getByRole("button").click();
  await page.getByRole("link", { name: "Article 0", exact: true }).click();
  const panel = page.getByRole("dialog", { name: "Article 0" });
  await panel.getByText("line 2 of this file").waitFor();
  await page.keyboard.press("Escape");
  await panel.waitFor({ state: "detached" });
  await page.context().close();
});

t.test("a change shows by itself, in the store and in the overview", async (t) => {
  const [store, overview] = [await signedIn("#/stores/Berlin"), await signedIn()];
  for (const page of [store, overview]) await page.getByText("Live", { exact: true }).waitFor();
  await store.getByLabel("Find an item").fill("Echo Plus");
  const row = store.getByRole("row").filter({ hasText: "Echo Plus" });
  await row.getByText("12").waitFor();
  const sent = performance.now();
  await stack.send("store,item,count\nBerlin,Echo Plus,0");
  await row.getByText("Out of stock").waitFor();
  t.comment(`shown ${Math.round(performance.now() - sent)} ms after it was sent`);
  await overview
    .getByRole("link", { name: /^Berlin/ })
    .getByText("44 out")
    .waitFor();
  await store.context().close();
  await overview.context().close();
});

t.test("after a restart of the API the page goes on by itself, and has missed nothing", async (t) => {
  const page = await signedIn("#/stores/Oslo");
  await page.getByText("Live", { exact: true }).waitFor();
  await stack.endService("upload-api", "SIGTERM");
  await page.getByText("Reconnecting…").waitFor();
  await keepScreenshot(page, "reconnecting");
  const object = "drop/while the api was away.csv";
  await stack.drop(object, "store,item,count\nOslo,Lamp,0\nOslo,New one,8");
  await stack.startService("upload-api");
  await page.getByText("Live", { exact: true }).waitFor({ timeout: 40_000 });
  await page.getByRole("row").filter({ hasText: "Lamp" }).getByText("Out of stock").waitFor();
  await page.getByRole("row").filter({ hasText: "New one" }).getByText("8").waitFor();
  complaints.splice(0, complaints.length, ...complaints.filter((line) => !/ERR_|Failed to load/.test(line)));
  t.pass();
  await page.context().close();
});

t.test("without a network the page says so, opens its views all the same, and catches up", async (t) => {
  const page = await open(`${stack.api}/#key=${encodeURIComponent(stack.apiKey)}`);
  await page.waitForResponse(/expenses-view/);
  await page.getByText("Live", { exact: true }).waitFor();
  await page.context().setOffline(true);
  await page.getByText("Offline", { exact: true }).waitFor();
  await page.getByRole("link", { name: "Alerts", exact: true }).click();
  await page.getByRole("heading", { name: "Alerts" }).waitFor();
  await page.getByRole("link", { name: "Stock", exact: true }).click();
  await load("store,item,count\nParis,Lamp,4");
  await page.context().setOffline(false);
  await page.getByRole("link", { name: /^Paris/ }).waitFor({ timeout: 60_000 });
  complaints.splice(0, complaints.length, ...complaints.filter((line) => !/ERR_|Failed to load/.test(line)));
  t.pass();
  await page.context().close();
});

t.test("names are text, whatever they look like", async (t) => {
  const page = await signedIn();
  let dialogs = 0;
  page.on("dialog", (dialog) => {
    dialogs += 1;
    void dialog.dismiss();
  });
  await page.getByRole("link", { name: HOSTILE }).click();
  await page.getByRole("heading", { name: HOSTILE }).waitFor();
  await page.getByRole("link", { name: "<script>alert(2)</script>" }).waitFor();
  t.equal(await page.locator("img").count(), 0);
  t.equal(dialogs, 0);
  t.match(await page.title(), HOSTILE);
  await page.context().close();
});

t.test("a phone has the whole of it without scrolling sideways", async (t) => {
  const page = await signedIn("#/stores/Berlin", {
    viewport: { width: 360, height: 740 },
    colorScheme: "dark",
  });
  await page.getByRole("row").nth(5).waitFor();
  await keepScreenshot(page, "store-phone-dark");
  t.equal(await page.evaluate("document.documentElement.scrollWidth"), 360);
  await page.context().close();
});

t.test("nobody complained", async (t) => {
  t.same(complaints, []);
});
