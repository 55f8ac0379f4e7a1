import { PutObjectCommand } from "@aws-sdk/client-s3";
import { invoiceCsvKey } from "@stockwire/contracts/keys";
import { createS3Client } from "@stockwire/service-kit/aws-clients";
import { alternate } from "./harness/alternate.ts";
import { atOnce } from "./harness/at-once.ts";
import type { Benchmark } from "./harness/benchmark.ts";
import { figure, megabytes } from "./harness/format.ts";
import { forgetPeak, memoryOf } from "./harness/processes.ts";
import { ratioOf } from "./harness/ratio.ts";
import { median } from "./harness/statistics.ts";
import { type BenchService, startCloud, startService, withParts } from "./harness/system.ts";

/** Invoices in the bucket: first so many, then with more beside them. */
const INVOICES = { short: [200, 1_000], full: [1_000, 10_000] } as const;
const ROUNDS = { short: 2, full: 3 } as const;
const PUTS_AT_ONCE = 32;
const HEADER = "customer_id,invoice_id,date,from,to,amount,tax,total,in_words\r\n";
const WORDS = "Space Rupees Eight thousand one hundred fifty only";
const FIRST_DAY = Date.UTC(2023, 0, 1);
const ONE_DAY = "2023-05-01";

const dateOf = (number: number): string =>
  new Date(FIRST_DAY + (number % 365) * 86_400_000).toISOString().slice(0, 10);

/** Invoices of 365 days, about 200 bytes each. */
const putInvoices = async (from: number, to: number): Promise<void> => {
  const s3 = createS3Client();
  await atOnce(to - from, PUTS_AT_ONCE, (index) => {
    const number = from + index;
    const [customer, invoice] = [`sm-${number % 97}`, `inv-${number}`];
    const record = `${customer},${invoice},${dateOf(number)},Space Mechanics Inc.,Starfleet,7650,500,8150,${WORDS}\r\n`;
    return s3.send(
      new PutObjectCommand({
        Bucket: process.env.BUCKET_INVOICE_CSV_DEST,
        Key: invoiceCsvKey(dateOf(number), customer, invoice),
        Body: HEADER + record,
      }),
    );
  });
  s3.destroy();
};

interface Sample {
  readonly seconds: number;
  /** Of the API at its highest, in bytes. */
  readonly peak: number;
}

const ask = async (api: BenchService, apiKey: string, path: string, invoices: number): Promise<Sample> => {
  await forgetPeak(api.pid);
  const started = performance.now();
  const response = await fetch(api.url + path, { headers: { "x-api-key": apiKey } });
  const { rows } = (await response.json()) as { rows?: { invoices: number; total: string }[] };
  const seconds = (performance.now() - started) / 1000;
  if (rows === undefined) throw new Error(`${path} was answered ${response.status}`);
  const counted = rows.reduce((sum, row) => sum + row.invoices, 0);
  const total = rows.reduce((sum, row) => sum + Number(row.total), 0);
  if (counted !== invoices || total !== invoices * 8_150) {
    throw new Error(`${path} has ${counted} of ${invoices} invoices, which add up to ${total}`);
  }
  return { seconds, peak: (await memoryOf(api.pid)).peak };
};

export const benchmark: Benchmark = {
  name: "expenses",
  title: "The expense report",
  about:
    "The report of all days, and of one, by a real upload-api (DuckDB in its process) over many CSV objects of one invoice each, " +
    "with few of them in the bucket and then with ten times as many (five times in the short form): its memory must not grow " +
    "with them. Checked: the number of invoices, and the sum of their totals.",
  run: (extent, say) =>
    withParts(async (keep) => {
      const cloud = await keep(startCloud());
      Object.assign(process.env, cloud.environment);
      const api = await keep(startService("upload-api", cloud.environment));
      const results: { readonly invoices: number; readonly all: Sample[]; readonly day: Sample[] }[] = [];
      let stored = 0;
      for (const invoices of INVOICES[extent]) {
        say(`storing ${invoices - stored} invoices`);
        await putInvoices(stored, invoices);
        stored = invoices;
        const ofDay = Array.from({ length: invoices }, (_, number) => dateOf(number)).filter(
          (date) => date === ONE_DAY,
        );
        const { all, day } = await alternate(
          {
            all: () => ask(api, cloud.apiKey, "/v1/reports/expenses", invoices),
            day: () =>
              ask(api, cloud.apiKey, `/v1/reports/expenses?from=${ONE_DAY}&to=${ONE_DAY}`, ofDay.length),
          },
          ROUNDS[extent],
          (line) => say(`${invoices} invoices, ${line}`),
        );
        results.push({ invoices, all, day });
      }
      const [few, many] = results;
      const rowOf = (invoices: number, what: string, samples: readonly Sample[]): string[] => [
        figure(invoices),
        what,
        figure(median(samples.map(({ seconds }) => seconds))),
        megabytes(median(samples.map(({ peak }) => peak))),
      ];
      const each = ({ all = [], invoices = 1 }: { all?: Sample[]; invoices?: number } = {}) =>
        all.map(({ seconds }) => seconds / invoices);
      const peaks = ({ all = [] }: { all?: Sample[] } = {}) => all.map(({ peak }) => peak);
      return {
        tables: [
          {
            title: "Reports",
            columns: ["invoices in the bucket", "report", "seconds", "memory of the API at its highest"],
            rows: results.flatMap(({ invoices, all, day }) => [
              rowOf(invoices, "all days", all),
              rowOf(invoices, "one day", day),
            ]),
          },
        ],
        ratios: [
          ratioOf("expenses/memory-of-many-to-few", peaks(many), peaks(few)),
          ratioOf("expenses/time-an-invoice-of-many-to-few", each(many), each(few)),
        ],
      };
    }),
};
