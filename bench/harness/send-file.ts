import { Agent, request } from "node:http";
import type { Readable } from "node:stream";

/** What the API said of a file that it took in. */
interface Accepted {
  readonly uploadId: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface Sender {
  /** @throws Error unless the answer is 202 */
  readonly send: (body: Buffer | { readonly stream: Readable; readonly bytes: number }) => Promise<Accepted>;
  readonly close: () => void;
}

const PATH = "/v1/inventory?filename=bench.csv";

/** Sends files as a well-made till would: raw CSV over connections that stay open. */
export const createSender = (url: string, apiKey: string): Sender => {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const { hostname, port } = new URL(url);
  const send: Sender["send"] = (body) =>
    new Promise((resolve, reject) => {
      const length = Buffer.isBuffer(body) ? body.length : body.bytes;
      const headers = { "content-type": "text/csv", "content-length": length, "x-api-key": apiKey };
      const outgoing = request({ agent, hostname, port, path: PATH, method: "POST", headers }, (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          text += chunk;
        });
        response.once("error", reject);
        response.once("end", () => {
          if (response.statusCode !== 202) return reject(new Error(`${response.statusCode} ${text}`));
          const { uploads } = JSON.parse(text) as { uploads: [Accepted] };
          resolve(uploads[0]);
        });
      });
      outgoing.once("error", reject);
      if (Buffer.isBuffer(body)) outgoing.end(body);
      else body.stream.on("error", reject).pipe(outgoing);
    });
  return { send, close: () => agent.destroy() };
};
