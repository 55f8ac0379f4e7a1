import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const SAMPLES = join(import.meta.dirname, "../../samples/inventory");

/**
 * Sends the sample files on the first start on a data directory. That they were sent is remembered only after the
 * API accepted all of them; sending some twice does no harm.
 * @returns how many were sent
 */
export const loadSamples = async (api: string, dataDir: string | undefined): Promise<number> => {
  const marker = dataDir && join(dataDir, "samples-sent");
  if (marker && existsSync(marker)) return 0;
  const names = readdirSync(SAMPLES).filter((name) => name.endsWith(".csv"));
  for (const name of names) {
    const response = await fetch(`${api}/v1/inventory?filename=${encodeURIComponent(name)}`, {
      method: "POST",
      headers: { "content-type": "text/csv" },
      body: readFileSync(join(SAMPLES, name)),
    });
    if (response.status !== 202) {
      throw new Error(`Sample ${name} was answered ${response.status}: ${await response.text()}`);
    }
    await response.body?.cancel();
  }
  if (marker) {
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(marker, `${new Date().toISOString()}\n`);
  }
  return names.length;
};
