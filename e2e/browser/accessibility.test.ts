import { readFile } from "node:fs/promises";
import { join } from "node:path";
import t from "tap";
import { startBrowsing, violations } from "./browser.ts";

/** Every view, in both colour schemes and on a phone, with axe-core's rules. */

const { stack, signedIn, open, complaints } = await startBrowsing(t);
const sample = await readFile(join(import.meta.dirname, "../../samples/invoices/inv-00001.txt"), "utf8");

await stack.ended(await stack.send("store,item,count\nOslo,Lamp,3\nOslo,Cable,0\nOslo,Plug,900"));
const partial = await stack.send("store,item,count\nOslo,Lamp,0\nOslo,,4\nOslo,Cable,1e3");
await stack.ended(partial);
const dryRun = await stack.send("store,item,count\nOslo,Lamp,7\nOslo,New,4", "?mode=validate");
await stack.ended(dryRun);
await stack.ended(await stack.sendInvoice(sample));
const wrong = sample.replace("inv-00001", "inv-00002").replace("Amount: 7650", "Amount: 7651");
await stack.ended(await stack.sendInvoice(wrong));
await stack.told(2);

/** Address and something that stands there when the view is whole. */
const VIEWS: readonly (readonly [view: string, text: string])[] = [
  ["#/", "Oslo"],
  ["#/stores/Oslo", "Plug"],
  ["#/stores/Oslo?item=Lamp", "Count over time"],
  ["#/stores/Oslo/thresholds", "Every other item"],
  ["#/stores/Nowhere", "There is no such store"],
  ["#/send", "Recent uploads"],
  [`#/uploads/${partial}`, "rejected rows"],
  [`#/uploads/${dryRun}`, "What a load would change"],
  ["#/alerts", "Today"],
  ["#/alerts/subscriptions", "Tell somebody"],
  ["#/invoices", "inv-00002"],
  ["#/invoices/sm-LK0080145/inv-00002", "Matter antimatter"],
  ["#/expenses", "Total by date"],
  ["#/no such page", "There is no such page"],
];

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [1280, 360]) {
    t.test(`${colorScheme}, ${width} pixels wide`, async (t) => {
      const options = { colorScheme, viewport: { width, height: 800 }, reducedMotion: "reduce" } as const;
      const start = await open(stack.api, options);
      await start.getByLabel("API key").waitFor();
      t.same(await violations(start), [], "sign-in");
      await start.context().close();
      const page = await signedIn("#/", options);
      for (const [view, text] of VIEWS) {
        await page.goto(`${stack.api}/${view}`);
        await page.getByText(text).filter({ visible: true }).first().waitFor();
        t.same(await violations(page), [], view);
        const wide = await page.evaluate<number>("document.documentElement.scrollWidth");
        t.equal(wide, width, `${view} does not scroll sideways`);
      }
      await page.context().close();
    });
  }
}

t.test("nobody complained but of the store that is not there", async (t) => {
  t.same(
    complaints.filter((line) => !line.includes("404")),
    [],
  );
});
