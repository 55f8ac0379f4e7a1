import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Ratio } from "./benchmark.ts";
import type { Measured } from "./measured.ts";
import { renderOutcome } from "./render-text.ts";

/**
 * Where a ratio may not fall: `atLeast` (or, where less is better, `atMost`) is what short runs give on a busy machine,
 * `noise` how far such runs lay apart. Both as ratios.
 */
type Floor =
  | { readonly atLeast: number; readonly noise: number }
  | { readonly atMost: number; readonly noise: number };

/** By the ratio's name, `BENCHMARK/…`. */
export type Floors = Readonly<Record<string, Floor>>;

const readFloors = (): Floors =>
  JSON.parse(readFileSync(join(import.meta.dirname, "../floors.json"), "utf8")) as Floors;

/** @returns what is wrong, one line each; empty when every floor of this benchmark holds */
export const complaintsOf = (benchmark: string, ratios: readonly Ratio[], floors: Floors): string[] =>
  Object.entries(floors).flatMap(([name, floor]) => {
    if (!name.startsWith(`${benchmark}/`)) return [];
    const value = ratios.find((ratio) => ratio.name === name)?.value;
    if (value === undefined || !Number.isFinite(value)) return [`${name} has a floor and was not measured`];
    if ("atLeast" in floor) {
      if (value >= floor.atLeast - floor.noise) return [];
      return [
        `${name} is ${value.toFixed(2)}: under ${floor.atLeast} by more than the noise, ${floor.noise}`,
      ];
    }
    if (value <= floor.atMost + floor.noise) return [];
    return [`${name} is ${value.toFixed(2)}: over ${floor.atMost} by more than the noise, ${floor.noise}`];
  });

/**
 * Measures the benchmarks that have floors. One that seems to fail is measured once more, and fails when it does so
 * again: what slows one way down for a moment hits the same way twice only if it is the way itself.
 * @returns what is wrong, one line each
 */
export const guard = async (
  names: readonly string[],
  measure: (name: string) => Promise<Measured>,
  say: (line: string) => void,
  floors: Floors = readFloors(),
): Promise<string[]> => {
  const complaints = Object.keys(floors)
    .filter((ratio) => !names.includes(ratio.split("/")[0] ?? ""))
    .map((ratio) => `${ratio} has a floor, and there is no such benchmark`);
  if (Object.keys(floors).length === 0) complaints.push("there are no floors to hold");
  for (const name of names.filter((each) =>
    Object.keys(floors).some((ratio) => ratio.startsWith(`${each}/`)),
  )) {
    const check = async (): Promise<string[]> => {
      try {
        const measured = await measure(name);
        say(renderOutcome(measured));
        return complaintsOf(name, measured.ratios, floors);
      } catch (error) {
        return [`${name}: ${error instanceof Error ? error.message : String(error)}`];
      }
    };
    let found = await check();
    if (found.length > 0) {
      say(`${found.join("\n")}\nonce more`);
      found = await check();
    }
    complaints.push(...found);
  }
  return complaints;
};
