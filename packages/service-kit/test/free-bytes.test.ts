import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import t from "tap";
import { freeBytes } from "../src/free-bytes.ts";

t.test("memory of its own goes at once", (t) => {
  const piece = Buffer.allocUnsafeSlow(65_536);
  freeBytes(piece);
  t.equal(piece.length, 0);
  t.doesNotThrow(() => freeBytes(piece), "a second time too");
  t.end();
});

t.test("memory that others have too stays", (t) => {
  const whole = Buffer.from("abcdef".repeat(2_000));
  const part = whole.subarray(0, 6);
  freeBytes(part);
  t.equal(part.toString(), "abcdef");
  const few = Buffer.from(new Uint8Array([97, 98, 99]).buffer);
  freeBytes(few);
  t.equal(few.toString(), "abc", "what a parser may look back on");
  const shared = Buffer.from(new SharedArrayBuffer(8_192));
  freeBytes(shared);
  t.equal(shared.length, 8_192);
  t.end();
});

t.test("what Node takes off an HTTP connection is told of once, and can be freed", async (t) => {
  const body = Buffer.alloc(1_000_000, "0123456789abcdef");
  const received = await new Promise<{ text: string; freed: number }>((resolve, reject) => {
    const server = createServer(async (incoming, response) => {
      let text = "";
      let freed = 0;
      for await (const piece of incoming as AsyncIterable<Buffer>) {
        text += piece.toString("latin1");
        freeBytes(piece);
        if (piece.length === 0) freed += 1;
      }
      response.end();
      server.close();
      resolve({ text, freed });
    });
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      request({ host: "127.0.0.1", port, method: "POST" }).on("error", reject).end(body);
    });
  });
  t.ok(received.text === body.toString("latin1"), "every byte, each piece freed before the next");
  t.ok(received.freed > 0, `${received.freed} pieces`);
});
