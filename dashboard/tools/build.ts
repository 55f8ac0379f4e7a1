/** Builds the page into `dashboard/dist`: `npm run build -w dashboard`. */
import { join } from "node:path";
import { build } from "vite";
import { compressFiles } from "./compress-files.ts";

const dashboard = join(import.meta.dirname, "..");

await build({ root: dashboard, build: { outDir: "dist", emptyOutDir: true } });
compressFiles(join(dashboard, "dist"));
