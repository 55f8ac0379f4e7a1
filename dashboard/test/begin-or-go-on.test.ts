import t from "tap";
import type { Api } from "../src/api/client.ts";
import { ApiProblem } from "../src/api/problem.ts";
import { beginOrGoOn } from "../src/send/begin-or-go-on.ts";
import { listBegun } from "../src/send/begun-uploads.ts";
import type { Outgoing, Sending } from "../src/send/outgoing.ts";
import { giveUp } from "../src/send/send-in-parts.ts";

const stored = new Map<string, string>();
const localStorage = {
  getItem: (key: string) => stored.get(key) ?? null,
  setItem: (key: string, value: string) => void stored.set(key, value),
};
Object.defineProperty(globalThis, "localStorage", { value: localStorage, configurable: true });
t.beforeEach(() => stored.clear());

const file = new File(["store,item,count"], "big.csv", { lastModified: 1 });
const outgoing = (idempotencyKey: string): Outgoing => ({
  file,
  kind: "inventory",
  mode: "load",
  store: undefined,
  idempotencyKey,
});

/** An API whose uploads are numbered, with all that it was asked. */
const startApi = (refusals: Readonly<Record<string, string>> = {}) => {
  const asked: string[] = [];
  let made = 0;
  const send = async (method: string, path: string): Promise<unknown> => {
    asked.push(`${method} ${path}`);
    const code = refusals[`${method} ${path}`];
    if (code !== undefined) throw new ApiProblem(409, code, code);
    return { uploadId: path === "/v1/uploads" ? `u${++made}` : path.split("/")[3], partBytes: 8, parts: [] };
  };
  const sending: Sending = {
    api: { send } as unknown as Api,
    signal: new AbortController().signal,
    onHashing: () => {},
    onProgress: () => {},
    onWait: () => {},
  };
  return { asked, sending };
};
const digest = async () => "digest";

t.test("a file that an earlier visit began goes on", async (t) => {
  const { asked, sending } = startApi();
  await beginOrGoOn(outgoing("one"), sending, digest);
  t.equal((await beginOrGoOn(outgoing("two"), sending, digest)).uploadId, "u1");
  t.same(asked, ["POST /v1/uploads", "POST /v1/uploads/u1/parts"]);
  t.match(listBegun(), [{ uploadId: "u1", by: "two" }]);
  t.equal(listBegun().length, 1);
});

t.test("one that an earlier visit completed is begun anew, so that its counts come back", async (t) => {
  const { asked, sending } = startApi({ "POST /v1/uploads/u1/parts": "upload_completed" });
  await beginOrGoOn(outgoing("one"), sending, digest);
  t.equal((await beginOrGoOn(outgoing("two"), sending, digest)).uploadId, "u2");
  t.same(asked, ["POST /v1/uploads", "POST /v1/uploads/u1/parts", "POST /v1/uploads"]);
  t.same(
    listBegun().map(({ uploadId }) => uploadId),
    ["u2"],
  );
});

t.test("one that this very transfer completed is this upload", async (t) => {
  const { asked, sending } = startApi({ "POST /v1/uploads/u1/parts": "upload_completed" });
  await beginOrGoOn(outgoing("one"), sending, digest);
  t.same(await beginOrGoOn(outgoing("one"), sending, digest), {
    uploadId: "u1",
    partBytes: file.size,
    parts: [],
  });
  t.same(asked, ["POST /v1/uploads", "POST /v1/uploads/u1/parts"]);
});

t.test("giving up tells of an upload that was complete already", async (t) => {
  const { sending } = startApi({ "DELETE /v1/uploads/u1": "upload_completed" });
  await beginOrGoOn(outgoing("one"), sending, digest);
  t.equal(await giveUp(outgoing("one"), sending.api), "u1");
  t.same(listBegun(), []);
  await beginOrGoOn(outgoing("one"), sending, digest);
  t.equal(await giveUp(outgoing("one"), sending.api), undefined, "nothing of it is kept");
});
