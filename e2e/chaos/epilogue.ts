import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Receipt } from "@stockwire/contracts/receipt";
import { findUnsettledStores } from "./check/taken-back.ts";
import { collect, type Violation } from "./check/violation.ts";
import { type Sent, sendFile } from "./client.ts";
import { readStock, receiptsOf } from "./evidence.ts";
import type { System } from "./system.ts";
import type { InventorySending, Workload } from "./workload.ts";

const PATIENCE_MS = 60_000;

/**
 * When all is quiet, rules 4 and 5 are asked directly: a store's stock is sent once more with one count changed, and then
 * the same bytes again. In the storm it is often right to write an unchanged row.
 * @param stormy what was sent before
 */
export const sendStockAgain = async (
  system: System,
  workload: Workload,
  tag: string,
  stormy: readonly Sent[],
): Promise<{ readonly sent: readonly Sent[]; readonly violations: readonly Violation[] }> => {
  const unsettled = findUnsettledStores(await receiptsOf(system, tag), workload.sendings, stormy);
  // The first with enough rows is asked: one of which the whole answer is known, if there is one.
  const stores = workload.stores.toSorted((a, b) => Number(unsettled.has(a)) - Number(unsettled.has(b)));
  for (const store of stores) {
    const stock = await readStock(system, store);
    if (stock.length < 2) continue;
    const rows = stock.map(({ item, count }, index) => ({
      store,
      item,
      count: index === 0 ? count + 1 : count,
      line: index + 2,
    }));
    const content = Buffer.from(
      `store,item,count\n${rows.map(({ item, count }) => `${store},${item},${count}\n`).join("")}`,
    );
    const sha256 = createHash("sha256").update(content).digest("hex");
    const file = { content, sha256, read: rows.length, rejected: [], repeated: 0, rows };
    const sendings = ["again-1", "again-2"].map(
      (name): InventorySending => ({
        kind: "inventory",
        at: 0,
        name: `${tag}-${name}.csv`,
        file,
        mode: "load",
        delivery: { way: "api", key: true, first: "whole" },
      }),
    );
    const sent: Sent[] = [];
    const receipts: (Receipt | undefined)[] = [];
    for (const sending of sendings) {
      sent.push(await sendFile(system, sending, [], () => undefined));
      receipts.push(await ended(system, tag, sending.name));
    }
    const violations = collect("quiet", (report) => {
      const [load, repeat] = receipts;
      const said = `${load?.status}, ${load?.rows.written} written, ${load?.rows.unchanged} unchanged`;
      const wanted = `loaded, 1 written, ${rows.length - 1} unchanged`;
      if (said !== wanted && !unsettled.has(store))
        report(`the stock of ${store} with one change: ${said}; should be ${wanted}`);
      if (repeat?.status !== "duplicate")
        report(`the same bytes again: ${repeat?.status}, should be duplicate`);
    });
    return { sent, violations };
  }
  return { sent: [], violations: [] };
};

const ended = async (system: System, tag: string, name: string): Promise<Receipt | undefined> => {
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; await sleep(200)) {
    const receipt = (await receiptsOf(system, tag)).find(({ filename }) => filename === name);
    if (receipt !== undefined && !["received", "loading"].includes(receipt.status)) return receipt;
  }
  return undefined;
};
