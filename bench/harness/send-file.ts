import { Agent, request } from "node:http";
import type { Readable } from "node:stream";

/** What the API said of a file that it took in. */
interface Accepted {
  readonly uploadId: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** What the bare front door says of one. */
type TakenIn = Pick<Accepted, "uploadId" | "sha256">;

type Body = Buffer | { readonly stream: Readable; readonly bytes: number };

interface SenderOf<Answer> {
  /** @throws Error unless the answer is 202 */
  readonly send: (body: Body) => Promise<Answer>;
  readonly close: () => void;
}

export type Sender = SenderOf<Accepted>;
export type DoorSender = SenderOf<TakenIn>;

const PATH = "/v1/inventory?filename=bench.csv";

/** Sends files as a well-made till would: raw CSV over connections that stay open. */
export const createSender = (url: string, apiKey: string): Sender =>
  senderTo(url, { "x-api-key": apiKey }, (text) => (JSON.parse(text) as { uploads: [Accepted] }).uploads[0]);

/** The same requests to the bare front door (bare-door.ts), which asks for no key. */
export const createDoorSender = (url: string): DoorSender =>
  senderTo(url, {}, (text) => JSON.parse(text) as TakenIn);

const senderTo = <Answer>(
  url: string,
  credential: Readonly<Record<string, string>>,
  read: (text: string) => Answer,
): SenderOf<Answer> => {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const { hostname, port } = new URL(url);
  const send = (body: Body): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const length = Buffer.isBuffer(body) ? body.length : body.bytes;
      const headers = { "content-type": "text/csv", "content-length": length, ...credential };
      const outgoing = request({ agent, hostname, port, path: PATH, method: "POST", headers }, (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          text += chunk;
        });
        response.once("error", reject);
        response.once("end", () => {
          if (response.statusCode !== 202) return reject(new Error(`${response.statusCode} ${text}`));
          resolve(read(text));
        });
      });
      outgoing.once("error", reject);
      if (Buffer.isBuffer(body)) outgoing.end(body);
      else body.stream.on("error", reject).pipe(outgoing);
    });
  return { send, close: () => agent.destroy() };
};
