import { readFile } from "node:fs/promises";
import { join } from "node:path";
import t from "tap";
import { keepScreenshot, startBrowsing } from "./browser.ts";

const { stack, signedIn, complaints } = await startBrowsing(t);
const sample = await readFile(join(import.meta.dirname, "../../samples/invoices/inv-00001.txt"), "utf8");

t.test("an alert arrives by itself, and tells how long the item has been out", async (t) => {
  await stack.ended(await stack.send("store,item,count\nOslo,Lamp,3\nOslo,Cable,5\nRome,Lamp,2"));
  const page = await signedIn("#/alerts");
  await page.getByText("Live", { exact: true }).waitFor();
  const sent = performance.now();
  await stack.send("store,item,count\nOslo,Lamp,0\nRome,Lamp,0");
  const lampInOslo = page.getByRole("listitem").filter({ hasText: "Oslo" }).filter({ hasText: "Lamp" });
  await lampInOslo.getByText("Out of stock").waitFor();
  t.comment(`shown ${Math.round(performance.now() - sent)} ms after it was sent`);
  await lampInOslo.getByText("still out").waitFor();
  await stack.send("store,item,count\nOslo,Lamp,9");
  await lampInOslo.getByText(/^out for/).waitFor();
  await page.getByRole("combobox", { name: "Store" }).selectOption("Rome");
  await page.getByRole("listitem").filter({ hasText: "Oslo" }).first().waitFor({ state: "detached" });
  t.match(page.url(), /store=Rome/);
  await keepScreenshot(page, "alerts");
  await page.context().close();
});

t.test("thresholds are set in the page, and what is low shows", async (t) => {
  const page = await signedIn("#/stores/Oslo/thresholds");
  await page.getByLabel("Low at or below").first().fill("5");
  await page.getByRole("button", { name: /^Save/ }).click();
  await page.getByRole("link", { name: "Back to the stock" }).click();
  await page.getByRole("row").filter({ hasText: "Cable" }).getByText("Low").waitFor();
  t.equal((await stack.stock("Oslo")).get("Cable")?.level, "low");
  await page.context().close();
});

t.test("somebody is told by e-mail from now on, and then no more", async (t) => {
  const page = await signedIn("#/alerts/subscriptions");
  await page.getByLabel("E-mail address").fill("staff@example.org");
  await page.getByRole("button", { name: "Subscribe" }).click();
  const entry = page.getByRole("listitem").filter({ hasText: "staff@example.org" });
  await entry.waitFor();
  const { items } = await stack.getJson<{ items: object[] }>("/v1/subscriptions");
  t.equal(items.length, 1);
  await page.context().close();
});

t.test("quarantined invoices come first; one shows its text, its fields and what is wrong", async (t) => {
  const good = await stack.ended(await stack.sendInvoice(sample));
  t.equal(good.status, "loaded");
  const wrong = sample.replace("inv-00001", "inv-00002").replace("Amount: 7650", "Amount: 7651");
  t.equal((await stack.ended(await stack.sendInvoice(wrong))).status, "partial");
  const page = await signedIn("#/invoices");
  const headings = page.getByRole("heading", { level: 2 });
  await headings.filter({ hasText: "Quarantined" }).waitFor();
  t.match((await headings.allTextContents()).slice(0, 2), ["Quarantined", "Accepted"]);
  await page.getByRole("link", { name: "inv-00002" }).click();
  await page.getByRole("heading", { name: "inv-00002" }).waitFor();
  await page.getByText("Matter antimatter fusion controller").first().waitFor();
  await page.getByText("7,651").first().waitFor();
  await page.getByText("7651").first().waitFor();
  await keepScreenshot(page, "invoice");
  await page.context().close();
});

t.test("expenses by date: a chart, the same as a table, and a file", async (t) => {
  const page = await signedIn("#/expenses");
  await page.getByRole("img", { name: /^Total by date/ }).waitFor();
  await page.locator("canvas").first().waitFor();
  const row = page.getByRole("row").filter({ hasText: "31 Mar 2018" });
  t.match(await row.textContent(), /7,650.*500.*8,150/);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download CSV" }).click(),
  ]);
  t.match(await readFile(await download.path(), "utf8"), "2018-03-31,1,7650,500,8150");
  await keepScreenshot(page, "expenses");
  await page.context().close();
});

t.test("nobody complained", async (t) => {
  t.same(complaints, []);
});
