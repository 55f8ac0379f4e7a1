import type { FuzzTarget } from "../../../../scripts/fuzz/target.ts";
import { type FuzzedFile, fileArbitrary } from "./arbitrary-file.ts";
import { checkFile } from "./check-file.ts";

export const inventoryTarget: FuzzTarget<FuzzedFile> = {
  name: "inventory",
  arbitrary: fileArbitrary,
  bytesOf: ({ content }) => content,
  check: checkFile,
  sources: ["services/ingest-worker/src/file/", "packages/contracts/src/names.ts"],
};
