import type { Socket } from "node:net";
import t from "tap";
import {
  ADMIN_KEY,
  MIB,
  nothingIsLeft,
  openSocket,
  type RunningApi,
  startApi,
  until,
  write,
} from "./helpers.ts";

const api = await startApi(t, { BODY_STALL_SECONDS: "1", BODY_MIN_BYTES_PER_SECOND: "0" });

const aborted = async ({ metrics }: RunningApi): Promise<number> => {
  const { values } = await metrics.stockwire_uploads_total.get();
  return values.find(({ labels }) => labels.outcome === "aborted")?.value ?? 0;
};

/** Begins a request, breaks it off, and waits until the API has noticed. */
const breakOff = async (head: string[], begin: (socket: Socket) => Promise<void>): Promise<void> => {
  const before = await aborted(api);
  const socket = await openSocket(api);
  socket.on("error", () => {});
  await write(
    socket,
    `${["POST /v1/inventory HTTP/1.1", "host: localhost", `x-api-key: ${ADMIN_KEY}`, ...head].join("\r\n")}\r\n\r\n`,
  );
  await begin(socket);
  socket.destroy();
  await until("the API counts the upload as aborted", async () => (await aborted(api)) > before);
  await until("nothing is left", () => nothingIsLeft(api));
};

const RAW = ["content-type: text/csv"];
const FORM = ["content-type: multipart/form-data; boundary=b"];
const part = (name: string) =>
  `--b\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\ncontent-type: text/csv\r\n\r\n`;

let parts = 0;
api.s3.middlewareStack.add(
  (next, { commandName }) =>
    async (input) => {
      const output = await next(input);
      if (commandName === "UploadPartCommand") parts += 1;
      return output;
    },
  { step: "initialize" },
);

t.test("a raw body that breaks off while it is small leaves nothing", async () => {
  await breakOff([...RAW, "content-length: 1000"], (socket) => write(socket, "store,item,count\n"));
});

t.test("a chunked body that breaks off leaves nothing", async () => {
  await breakOff([...RAW, "transfer-encoding: chunked"], (socket) => write(socket, "5\r\nstore\r\n"));
});

t.test("a large body that breaks off in the middle leaves neither object nor unfinished parts", async () => {
  await breakOff([...RAW, `content-length: ${40 * MIB}`], async (socket) => {
    await write(socket, Buffer.alloc(12 * MIB, "x"));
    await until("S3 has a part of it", () => parts > 0);
  });
});

t.test("a form that breaks off in its second file leaves nothing of the first, small or large", async () => {
  for (const first of [1_000, 9 * MIB]) {
    await breakOff([...FORM, `content-length: ${40 * MIB}`], async (socket) => {
      await write(socket, part("first.csv"));
      await write(socket, Buffer.alloc(first, "x"));
      await write(socket, `\r\n${part("second.csv")}store,item`);
    });
  }
});

t.test("a form that is complete but for the body's last bytes is not taken in", async () => {
  const form = `${part("a.csv")}store,item,count\n\r\n--b--\r\n`;
  await breakOff([...FORM, `content-length: ${form.length + 10}`], (socket) => write(socket, form));
});

t.test("a client that only closes its sending side leaves nothing", async () => {
  await breakOff([...RAW, "content-length: 1000"], async (socket) => {
    await write(socket, "store,item,count\n");
    socket.end();
  });
});

t.test("a body that stalls is answered with 408 and ended", async (t) => {
  for (const [head, body] of [
    [RAW, "store,item,count\n"],
    [FORM, part("a.csv")],
    [FORM, `${part("a.csv")}store,item,count\n\r\n--b--\r\n`],
  ] as const) {
    const socket = await openSocket(api);
    const answer = text(socket);
    await write(
      socket,
      `POST /v1/inventory HTTP/1.1\r\nhost: localhost\r\nx-api-key: ${ADMIN_KEY}\r\n${head[0]}\r\ncontent-length: 5000\r\n\r\n${body}`,
    );
    t.match(await answer, /^HTTP\/1\.1 408 .*connection: close.*"code":"body_stalled"/is);
    await until("nothing is left", () => nothingIsLeft(api));
  }
});

t.test("bytes that keep coming, however slowly, are no stall", async (t) => {
  const socket = await openSocket(api);
  const answer = text(socket);
  await write(
    socket,
    `POST /v1/inventory HTTP/1.1\r\nhost: localhost\r\nx-api-key: ${ADMIN_KEY}\r\nconnection: close\r\ncontent-type: text/csv\r\ncontent-length: 5\r\n\r\n`,
  );
  for (const byte of "a,b,c") {
    await new Promise((resolve) => setTimeout(resolve, 300));
    await write(socket, byte);
  }
  t.match(await answer, /^HTTP\/1\.1 202 /);
});

const text = async (socket: Socket): Promise<string> => {
  let answer = "";
  for await (const chunk of socket) answer += String(chunk);
  return answer;
};
