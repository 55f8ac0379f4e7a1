/**
 * Looks into images without running them: `node docker/test/scan-images.ts IMAGE …` prints each one's size and faults,
 * and exits 1 where there are any.
 */
import { execFile, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { developmentPackages, findConfigFaults, findForbiddenFiles, type ImageConfig } from "./scan-rules.ts";

export interface ScannedImage {
  readonly image: string;
  readonly bytes: number;
  readonly files: number;
  readonly faults: readonly string[];
}

const run = promisify(execFile);
const docker = async (...args: string[]): Promise<string> => (await run("docker", args)).stdout.trim();
const development = developmentPackages(
  readFileSync(join(import.meta.dirname, "../../package-lock.json"), "utf8"),
);

export const scanImage = async (image: string): Promise<ScannedImage> => {
  const [{ Config, Size }] = JSON.parse(await docker("image", "inspect", image)) as [
    { Config: ImageConfig; Size: number },
  ];
  const paths = await listFiles(image);
  const faults = [...findConfigFaults(Config), ...findForbiddenFiles(paths, development)];
  return { image, bytes: Size, files: paths.length, faults };
};

/** Of the file system as a container would have it, from a container that is made but never started. */
const listFiles = async (image: string): Promise<string[]> => {
  const container = await docker("create", image, "none");
  try {
    const exported = spawn("docker", ["export", container], { stdio: ["ignore", "pipe", "inherit"] });
    const listing = spawn("tar", ["-t"], { stdio: [exported.stdout, "pipe", "inherit"] });
    const paths: string[] = [];
    for await (const path of createInterface({ input: listing.stdout })) paths.push(path);
    return paths;
  } finally {
    await docker("rm", "--volumes", container);
  }
};

export const renderScan = ({ image, bytes, files, faults }: ScannedImage): string => {
  const size = `${image}: ${Math.round(bytes / 1e6)} MB, ${files} files`;
  return [size, ...faults.map((fault) => `  FAULT ${fault}`)].join("\n");
};

if (import.meta.main) {
  for (const image of process.argv.slice(2)) {
    const scanned = await scanImage(image);
    process.stdout.write(`${renderScan(scanned)}\n`);
    if (scanned.faults.length > 0) process.exitCode = 1;
  }
}
