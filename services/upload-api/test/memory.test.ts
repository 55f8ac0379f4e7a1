import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createS3Client } from "@stockwire/service-kit/aws-clients";
import t from "tap";
import { apiWith, fetch, formOf, MIB, startApi } from "./helpers.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Bytes outside the JavaScript heap that something still holds. */
const held = (): number => {
  collectGarbage();
  return process.memoryUsage().arrayBuffers;
};

const FILES = 40;

t.test("files that wait in S3 for the rest of their request hold no part buffers", async (t) => {
  const api = await startApi(t);
  const s3 = createS3Client();
  let whenAllHaveArrived = 0;
  s3.middlewareStack.add(
    (next, { commandName }) =>
      (input) => {
        if (commandName === "CompleteMultipartUploadCommand") whenAllHaveArrived ||= held();
        return next(input);
      },
    { step: "initialize" },
  );
  const url = await apiWith(t, api, { s3 });
  const content = Buffer.alloc(MIB + 1, "x");
  const form = formOf(
    ...Array.from({ length: FILES }, (_, n): [string, typeof content] => [`${n}.csv`, content]),
  );
  const before = held();
  const response = await fetch(`${url}/v1/inventory`, { method: "POST", body: form });
  t.equal(response.status, 202);
  await response.body?.cancel();
  t.ok(whenAllHaveArrived > 0);
  // The emulator in this process has the files themselves, some of them twice; one part buffer a file is 320 MiB.
  const grown = (whenAllHaveArrived - before) / MIB;
  t.comment(`${Math.round(grown)} MiB`);
  t.ok(grown < 160, `${Math.round(grown)} MiB`);
});
