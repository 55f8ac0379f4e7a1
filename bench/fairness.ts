import { alternate } from "./harness/alternate.ts";
import type { Benchmark } from "./harness/benchmark.ts";
import { figure, range } from "./harness/format.ts";
import { stockCsv } from "./harness/make-stock.ts";
import { ratioOf } from "./harness/ratio.ts";
import { untilLoaded } from "./harness/receipts.ts";
import { createSender } from "./harness/send-file.ts";
import { median, percentile, spread } from "./harness/statistics.ts";
import { startCloud, startService, withParts } from "./harness/system.ts";
import { receiptNow, untilUnderWay } from "./harness/under-way.ts";

const ROUNDS = { short: 1, full: 3 } as const;
/** Enough to go on loading for longer than the small files take, also where those are slow. */
const LARGE_ROWS = { short: 20_000, full: 80_000 } as const;
/** Long names make the full form's large file one of over 4 MiB, of which a worker takes only so many at once. */
const LARGE_ITEM = "Article of the catalogue of the winter season";
const SMALL_FILES = { short: 5, full: 15 } as const;
/** Less of both before the first round. */
const WARM_UP = { rows: 20_000, files: 5 } as const;
const SMALL_ROWS = 10;

interface Sample {
  /** Of each small file. */
  readonly seconds: readonly number[];
  /** Rows of the large file that were written when the last small one had ended. */
  readonly largeWritten: number;
}

export const benchmark: Benchmark = {
  name: "fairness",
  title: "Small files beside a large one",
  about:
    `${SMALL_FILES.full} files of ${SMALL_ROWS} rows a round, one after the other, from accepted to the receipt's end (\`receivedAt\` to \`finishedAt\`), through one ` +
    `ingest-worker that does nothing else, and through the same one while it loads ${figure(LARGE_ROWS.full)} rows of another store (a file of over 4 MiB). ` +
    "Checked: every row of every file is written, and the large file is still loading when the last small one has ended.",
  run: (extent, say) =>
    withParts(async (keep) => {
      const cloud = await keep(startCloud());
      const api = await keep(startService("upload-api", cloud.environment));
      await keep(startService("ingest-worker", cloud.environment));
      const sender = createSender(api.url, cloud.apiKey);
      const load = async (store: string, rows: number, item?: string) => {
        const { uploadId } = await sender.send(stockCsv(store, rows, undefined, item));
        const ended = async () => {
          const receipt = await untilLoaded(api.url, cloud.apiKey, uploadId, 1_200);
          if (receipt.rows.written !== rows)
            throw new Error(`${receipt.rows.written} of ${rows} rows were written`);
          return receipt;
        };
        return { uploadId, ended };
      };
      const small = async (name: string, round: number): Promise<number[]> => {
        const seconds: number[] = [];
        const files = round < 0 ? WARM_UP.files : SMALL_FILES[extent];
        for (let file = 0; file < files; file += 1) {
          const { receivedAt, finishedAt } = await (
            await load(`${name} ${round} ${file}`, SMALL_ROWS)
          ).ended();
          seconds.push((Date.parse(finishedAt ?? "") - Date.parse(receivedAt)) / 1000);
        }
        return seconds;
      };
      const alone = async (round: number): Promise<Sample> => ({
        seconds: await small("Alone", round),
        largeWritten: 0,
      });
      const beside = async (round: number): Promise<Sample> => {
        const rows = round < 0 ? WARM_UP.rows : LARGE_ROWS[extent];
        const large = await load(`Large ${round}`, rows, LARGE_ITEM);
        await untilUnderWay(api.url, cloud.apiKey, large.uploadId);
        const seconds = await small("Beside", round);
        const { status, rows: counts } = await receiptNow(api.url, cloud.apiKey, large.uploadId);
        if (status !== "loading") throw new Error(`the large file was ${status}: too small to last`);
        await large.ended();
        return { seconds, largeWritten: counts.written };
      };
      const { alone: before, beside: during } = await alternate({ alone, beside }, ROUNDS[extent], say);
      sender.close();
      const rowOf = (name: string, rounds: readonly Sample[], large: string): string[] => {
        const all = rounds.flatMap(({ seconds }) => seconds);
        return [name, figure(median(all)), figure(percentile(all, 90)), figure(Math.max(...all)), large];
      };
      const medians = (rounds: readonly Sample[]): number[] => rounds.map(({ seconds }) => median(seconds));
      const written = `${range(spread(during.map(({ largeWritten }) => largeWritten)))} of ${figure(LARGE_ROWS[extent])}`;
      return {
        tables: [
          {
            title: "Seconds from accepted to the receipt's end",
            columns: [
              "small files",
              "median",
              "9 in 10 within",
              "worst",
              "rows of the large file written by then",
            ],
            rows: [rowOf("alone", before, ""), rowOf("beside a large load", during, written)],
          },
        ],
        ratios: [ratioOf("fairness/beside-to-alone", medians(during), medians(before))],
      };
    }),
};
