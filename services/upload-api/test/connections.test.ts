import { once } from "node:events";
import type { Socket } from "node:net";
import t from "tap";
import { buildApp } from "../src/app.ts";
import { createContext } from "../src/context.ts";
import { ADMIN_KEY, MIB, openSocket, receipts, startApi, until, write } from "./helpers.ts";

const api = await startApi(t, { MAX_UPLOAD_BYTES: String(MIB) });

const post = (bytes: number): string =>
  `POST /v1/inventory HTTP/1.1\r\nhost: localhost\r\nx-api-key: ${ADMIN_KEY}\r\ncontent-type: text/csv\r\ncontent-length: ${bytes}\r\n\r\n`;

/** What comes over a connection, as it grows. */
const listen = (socket: Socket): { text: string } => {
  const received = { text: "" };
  socket.on("data", (data) => {
    received.text += data;
  });
  return received;
};

const RAW = "content-type: text/csv\r\ncontent-length: 5000000\r\n\r\n";
const CHUNKED = "content-type: text/csv\r\ntransfer-encoding: chunked\r\n\r\n4c4b40\r\n";
const FORM = "content-type: multipart/form-data; boundary=b\r\ncontent-length: 5000100\r\n\r\n";
const field = (name: string) => `--b\r\ncontent-disposition: form-data; name="${name}"; filename="a"\r\n\r\n`;

t.test("a connection can be used again after an upload on it was refused, whenever that was", async (t) => {
  for (const [when, begin, rest] of [
    ["before its body", RAW, Buffer.alloc(5_000_000)],
    [
      "in the middle of its body",
      CHUNKED,
      Buffer.concat([Buffer.alloc(5_000_000), Buffer.from("\r\n0\r\n\r\n")]),
    ],
    ["at a field of its form", `${FORM}${field("other")}`, Buffer.alloc(5_000_100 - field("other").length)],
  ] as const) {
    const socket = await openSocket(api);
    const received = listen(socket);
    await write(
      socket,
      `POST /v1/inventory HTTP/1.1\r\nhost: localhost\r\nx-api-key: ${ADMIN_KEY}\r\n${begin}`,
    );
    await write(socket, rest);
    await until("it is refused", () => /^HTTP\/1\.1 4/.test(received.text));
    await write(socket, `${post(5)}store`);
    await until(`the next one is taken after one was refused ${when}`, () =>
      received.text.includes("HTTP/1.1 202"),
    );
    socket.destroy();
  }
  t.equal((await receipts(api)).length, 3);
});

t.test(
  "a client that writes everything before it reads gets its refusal, also when it wants to be closed",
  async (t) => {
    for (const head of ["HTTP/1.1\r\nhost: localhost\r\nconnection: close", "HTTP/1.0"]) {
      const socket = await openSocket(api);
      socket.pause();
      await write(socket, `POST /v1/inventory ${head}\r\nx-api-key: ${ADMIN_KEY}\r\n${RAW}`);
      for (let sent = 0; sent < 5_000_000; sent += 50_000) await write(socket, Buffer.alloc(50_000));
      const received = listen(socket);
      socket.resume();
      await once(socket, "close");
      t.match(received.text, /^HTTP\/1\.1 413 .*"code":"file_too_large"/s);
    }
  },
);

t.test("stopping lets an upload finish, refuses newcomers, and waits for nobody else", async (t) => {
  const idle = await openSocket(api);
  const idleReceived = listen(idle);
  await write(idle, `GET / HTTP/1.1\r\nhost: localhost\r\nx-api-key: ${ADMIN_KEY}\r\n\r\n`);
  await until("it is idle", () => idleReceived.text.includes("Stockwire"));

  const busy = await openSocket(api);
  const received = listen(busy);
  const begun = once(api.app.server, "request");
  await write(busy, `${post(10)}store`);
  await begun;
  const before = performance.now();
  const stopped = api.app.close();
  await once(idle, "close");
  await t.rejects(openSocket(api), { code: "ECONNREFUSED" });
  await write(busy, ",item");
  await stopped;
  await until("the answer has come", () => /^HTTP\/1\.1 202 /.test(received.text));
  t.ok(performance.now() - before < 3_000, "no connection that fell idle held it up");
  t.equal((await receipts(api)).length, 4);
});

t.test("a connection on which nothing ever came does not hold a stop up", async (t) => {
  const app = await buildApp(createContext({ ...api, log: api.context.log }));
  const { port } = new URL(await app.listen({ host: "127.0.0.1", port: 0 }));
  const socket = await openSocket({ ...api, port: Number(port) });
  const ended = once(socket, "close");
  await app.close();
  await t.resolves(ended);
});
