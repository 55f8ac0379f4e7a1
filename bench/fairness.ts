import { setTimeout as pause } from "node:timers/promises";
import { alternate } from "./harness/alternate.ts";
import type { Benchmark } from "./harness/benchmark.ts";
import { figure } from "./harness/format.ts";
import { stockCsv } from "./harness/make-stock.ts";
import { ratioOf } from "./harness/ratio.ts";
import { untilLoaded } from "./harness/receipts.ts";
import { createSender } from "./harness/send-file.ts";
import { median, percentile } from "./harness/statistics.ts";
import { startCloud, startService, withParts } from "./harness/system.ts";

const ROUNDS = { short: 1, full: 3 } as const;
const LARGE_ROWS = { short: 20_000, full: 60_000 } as const;
const SMALL_FILES = { short: 5, full: 15 } as const;
const SMALL_ROWS = 10;
const LOOK_MS = 20;

export const benchmark: Benchmark = {
  name: "fairness",
  title: "Small files beside a large one",
  about:
    `Files of ${SMALL_ROWS} rows, one after the other, from accepted to the receipt's end (\`receivedAt\` to \`finishedAt\`), through one ` +
    `ingest-worker that does nothing else, and through the same one while it loads ${figure(LARGE_ROWS.full)} rows of another store. ` +
    "Checked: every row of every file is written, and the large file is still loading when the last small one has ended.",
  run: (extent, say) =>
    withParts(async (keep) => {
      const cloud = await keep(startCloud());
      const api = await keep(startService("upload-api", cloud.environment));
      await keep(startService("ingest-worker", cloud.environment));
      const sender = createSender(api.url, cloud.apiKey);
      const load = async (store: string, rows: number) => {
        const { uploadId } = await sender.send(stockCsv(store, rows));
        const ended = async () => {
          const receipt = await untilLoaded(api.url, cloud.apiKey, uploadId);
          if (receipt.rows.written !== rows)
            throw new Error(`${receipt.rows.written} of ${rows} rows were written`);
          return receipt;
        };
        const written = async () => {
          const headers = { "x-api-key": cloud.apiKey };
          const response = await fetch(`${api.url}/v1/uploads/${uploadId}`, { headers });
          return (await response.json()) as { status: string; rows: { written: number } };
        };
        return { ended, written };
      };
      /** Seconds of each small file. */
      const small = async (name: string): Promise<number[]> => {
        const seconds: number[] = [];
        for (let file = 0; file < SMALL_FILES[extent]; file += 1) {
          const { receivedAt, finishedAt } = await (await load(`${name} ${file}`, SMALL_ROWS)).ended();
          seconds.push((Date.parse(finishedAt ?? "") - Date.parse(receivedAt)) / 1000);
        }
        return seconds;
      };
      const beside = async (round: number): Promise<number[]> => {
        const large = await load(`Large ${round}`, LARGE_ROWS[extent]);
        while ((await large.written()).rows.written === 0) await pause(LOOK_MS);
        const seconds = await small(`Beside ${round}`);
        if ((await large.written()).status === "loaded")
          throw new Error("the large file was too small to last");
        await large.ended();
        return seconds;
      };
      const { alone = [], besideLarge = [] } = await alternate(
        { alone: (round) => small(`Alone ${round}`), besideLarge: beside },
        ROUNDS[extent],
        say,
      );
      sender.close();
      const rowOf = (name: string, rounds: readonly (readonly number[])[]): string[] => {
        const all = rounds.flat();
        return [name, figure(median(all)), figure(percentile(all, 90)), figure(Math.max(...all))];
      };
      const medians = (rounds: readonly (readonly number[])[]): number[] => rounds.map(median);
      return {
        tables: [
          {
            title: "Seconds from accepted to the receipt's end",
            columns: ["small files", "median", "9 in 10 within", "worst"],
            rows: [rowOf("alone", alone), rowOf("beside a large load", besideLarge)],
          },
        ],
        ratios: [ratioOf("fairness/beside-to-alone", medians(besideLarge), medians(alone))],
      };
    }),
};
