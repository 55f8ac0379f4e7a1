import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

const SAMPLES = join(import.meta.dirname, "../../samples");

interface Sample {
  /** Below the samples' directory. */
  readonly path: string;
  readonly route: string;
  readonly type: string;
}

const listSamples = (): Sample[] => [
  ...readdirSync(join(SAMPLES, "inventory"))
    .filter((name) => name.endsWith(".csv"))
    .map((name) => ({ path: join("inventory", name), route: "/v1/inventory", type: "text/csv" })),
  { path: "invoices/inv-00001.txt", route: "/v1/invoices", type: "text/plain" },
];

/**
 * Sends the sample files on the first start on a data directory. That they were sent is remembered only after the
 * API accepted all of them; sending some twice does no harm.
 * @returns how many were sent
 */
export const loadSamples = async (
  api: string,
  apiKey: string,
  dataDir: string | undefined,
): Promise<number> => {
  const marker = dataDir && join(dataDir, "samples-sent");
  if (marker && existsSync(marker)) return 0;
  const samples = listSamples();
  for (const { path, route, type } of samples) {
    const response = await fetch(`${api}${route}?filename=${encodeURIComponent(basename(path))}`, {
      method: "POST",
      headers: { "content-type": type, "x-api-key": apiKey },
      body: readFileSync(join(SAMPLES, path)),
    });
    if (response.status !== 202) {
      throw new Error(`Sample ${path} was answered ${response.status}: ${await response.text()}`);
    }
    await response.body?.cancel();
  }
  if (marker) {
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(marker, `${new Date().toISOString()}\n`);
  }
  return samples.length;
};
