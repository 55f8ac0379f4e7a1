import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import t from "tap";
import { keepScreenshot, startBrowsing } from "./browser.ts";
import { choose, entryOf, throttle, uploadsOf } from "./send-files.ts";

const { stack, signedIn, complaints } = await startBrowsing(t);
const directory = await mkdtemp(join(tmpdir(), "stockwire-send-big-"));
t.teardown(() => rm(directory, { recursive: true, force: true }));

t.test("a big file goes in parts, and after a reload goes on with those that are missing", async (t) => {
  const page = await signedIn("#/send");
  page.on("dialog", (dialog) => void dialog.accept());
  const path = join(directory, "big.csv");
  const stream = createWriteStream(path);
  // Few rows with much that is not read: it is the way there that is long.
  stream.write("store,item,count,note\n");
  const note = "long ".repeat(5_000);
  const block = Array.from({ length: 20 }, (_, index) => `Rome,Article ${index},1,${note}\n`).join("");
  for (let written = 0; written < 66 * 1024 * 1024; written += block.length) stream.write(block);
  await finished(stream.end());
  const connection = await throttle(page);
  await connection(6_000_000);
  await choose(page, path);
  const entry = entryOf(page, "big.csv");
  await entry.getByText(/^Sending: [3-6]\d(\.\d)? MB/).waitFor({ timeout: 90_000 });
  await page.reload();
  await page.getByRole("heading", { name: "Not finished yet" }).waitFor();
  await keepScreenshot(page, "unfinished");
  let begun = 0;
  page.on("request", (request) => {
    if (request.method() === "POST" && request.url().endsWith("/v1/uploads")) begun += 1;
  });
  await connection(-1);
  await choose(page, path);
  await entry.getByText(/rows? (was|were) loaded/).waitFor({ timeout: 120_000 });
  t.equal(begun, 0, "the upload that was begun went on");
  t.equal((await uploadsOf(stack, "big.csv")).length, 1);
  await page.getByRole("heading", { name: "Not finished yet" }).waitFor({ state: "detached" });
  await page.context().close();
});

t.test("nobody complained", async (t) => {
  t.same(complaints, []);
});
