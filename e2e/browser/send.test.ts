import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { endClaims } from "@stockwire/local-aws/end-claims";
import t from "tap";
import { keepScreenshot, startBrowsing, violations } from "./browser.ts";
import { choose, entryOf, receiptOf, throttle, uploadsOf } from "./send-files.ts";

const { stack, signedIn, complaints } = await startBrowsing(t);
const directory = await mkdtemp(join(tmpdir(), "stockwire-send-"));
t.teardown(() => rm(directory, { recursive: true, force: true }));

const fileOf = async (name: string, lines: readonly string[]): Promise<string> => {
  const path = join(directory, name);
  await writeFile(path, `${["store,item,count", ...lines].join("\n")}\n`);
  return path;
};

t.test("a file with bad rows: what is wrong, how to mend it, and the rows to download", async (t) => {
  const page = await signedIn("#/send");
  const good = Array.from({ length: 20 }, (_, index) => `Berlin,Article ${index},${index}`);
  const bad = await fileOf("bad.csv", [...good, 'Berlin,Lamp,"1.200"', "Berlin,,3"]);
  const unusable = join(directory, "unusable.csv");
  await writeFile(unusable, "store,thing\nBerlin,Lamp\n");
  await choose(page, bad, unusable);
  await entryOf(page, "unusable.csv").getByText("A column is missing: nothing was changed.").waitFor();
  await entryOf(page, "bad.csv").getByText("20 of 22 rows loaded; 2 rejected.").waitFor();
  await page
    .getByRole("row")
    .filter({ hasText: "unusable.csv" })
    .getByText("Rejected", { exact: true })
    .waitFor();
  t.same(await violations(page), []);
  await keepScreenshot(page, "send-light");
  await receiptOf(page, "bad.csv");
  const row = page.getByRole("row").filter({ hasText: "1.200" });
  await row.getByText("Write digits 0 to 9 alone").waitFor();
  t.equal(await row.getByRole("rowheader").textContent(), "22");
  t.same(await violations(page), []);
  const downloading = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download rejected.csv" }).click();
  const download = await downloading;
  t.equal(download.suggestedFilename(), "bad-rejected.csv");
  t.match(await readFile(await download.path(), "utf8"), /bad_count.*1\.200/);
  await page.context().close();
});

t.test("a dry run shows before and after, then loads, and what it did is undone", async (t) => {
  const page = await signedIn("#/send", { viewport: { width: 360, height: 740 }, colorScheme: "dark" });
  await page.getByRole("radio", { name: "Dry run" }).check();
  await choose(page, await fileOf("dry.csv", ["Berlin,Article 3,30", "Berlin,Article 4,4", "Berlin,New,1"]));
  await entryOf(page, "dry.csv").getByText("A load would write 2 rows of 3").waitFor();
  await receiptOf(page, "dry.csv");
  const row = page.getByRole("row").filter({ hasText: "Article 3" });
  await row.getByText("Changed").waitFor();
  t.match(await row.textContent(), /Article 3Berlin330Changed/);
  await page.getByRole("row").filter({ hasText: "Article 4" }).waitFor({ state: "detached" });
  await page.getByRole("radio", { name: "All rows" }).check();
  await page.getByRole("row").filter({ hasText: "Article 4" }).getByText("Unchanged").waitFor();
  t.equal(await page.evaluate("document.documentElement.scrollWidth"), 360);
  await keepScreenshot(page, "dry-run-phone-dark");
  await page.getByRole("button", { name: "Load it now" }).click();
  await page.getByText("All 3 rows were loaded.").waitFor();
  await page.getByRole("button", { name: "Undo this upload" }).click();
  const question = page.getByRole("dialog", { name: "Undo dry.csv?" });
  await question.getByText("Of the 2 items that it wrote").waitFor();
  await question.getByRole("button", { name: "Undo" }).click();
  await page.getByText("2 items put back or removed.").waitFor();
  await page.getByRole("row").filter({ hasText: "New" }).getByText("Removed").waitFor();
  t.same(await violations(page), []);
  await page.context().close();
});

t.test("replacing is asked about first", async (t) => {
  const page = await signedIn("#/send?store=Oslo");
  t.equal(await page.getByLabel("Only this store").inputValue(), "Oslo");
  const path = await fileOf("replace.csv", ["Oslo,Lamp,3"]);
  await page.getByRole("radio", { name: "Replace" }).check();
  await choose(page, path);
  const question = page.getByRole("dialog", { name: "Replace the stock?" });
  await question.getByText("Oslo keeps only the items in the file.").waitFor();
  t.same(await violations(page), []);
  await page.keyboard.press("Escape");
  await question.waitFor({ state: "detached" });
  t.same(await uploadsOf(stack, "replace.csv"), []);
  await choose(page, path);
  await question.getByRole("button", { name: "Replace" }).click();
  await entryOf(page, "replace.csv").getByText("The row was loaded.").waitFor();
  await page.context().close();
});

t.test("a broken connection: it says so, goes on by itself, and makes one upload", async (t) => {
  const page = await signedIn("#/send");
  const lines = Array.from({ length: 60_000 }, (_, index) => `Paris,${"wide ".repeat(10)}${index % 50},1`);
  const path = await fileOf("cut.csv", lines);
  const connection = await throttle(page);
  await connection(200_000);
  await choose(page, path);
  const entry = entryOf(page, "cut.csv");
  await entry.getByText(/^Sending: [1-9]/).waitFor();
  await page.getByRole("link", { name: "Stock", exact: true }).click();
  await page.getByRole("link", { name: /1 sending/ }).click();
  await stack.endService("upload-api", "SIGKILL");
  await entry.getByText("It goes on by itself").waitFor();
  await keepScreenshot(page, "connection-cut");
  await connection(-1);
  await endClaims(stack.cloud.environment);
  await stack.startService("upload-api");
  await entry.getByText("All 60,000 rows were loaded.").waitFor({ timeout: 90_000 });
  t.equal((await uploadsOf(stack, "cut.csv")).length, 1);
  complaints.splice(0, complaints.length, ...complaints.filter((line) => !/ERR_|Failed to load/.test(line)));
  await page.context().close();
});

t.test("nobody complained", async (t) => {
  t.same(complaints, []);
});
