import {
  Agent,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
  request as send,
} from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Answer } from "./error-answers.ts";
import type { Target } from "./fault-plan.ts";
import { NOTHING_DONE, type Thinned } from "./refuse-entries.ts";

/** A request of a service to the cloud, whole. */
export interface CloudRequest {
  readonly target: Target;
  /** As AWS calls it, for S3 the method. */
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What becomes of one request. */
export type Verdict =
  | { readonly do: "pass"; readonly after?: number }
  /** Answered here; the cloud never sees it. */
  | { readonly do: "answer"; readonly answer: Answer }
  /** Carried out, and answered with something else. */
  | { readonly do: "answer-after"; readonly answer: Answer }
  /** The connection is closed before anything happens. */
  | { readonly do: "refuse" }
  /** Half of the body reaches the cloud. */
  | { readonly do: "cut-request" }
  /** Carried out but for some of its entries, for which the answer says so. */
  | { readonly do: "thin"; readonly thinned: Thinned }
  /** Carried out; `part` of the answer's body arrives (0: nothing at all), then the connection ends after `stall` ms. */
  | { readonly do: "cut-answer"; readonly part: number; readonly stall: number };

export interface ProxyOptions {
  readonly port: number;
  /** Origin of the emulator behind it. */
  readonly upstream: string;
  /** What a request without any other sign is for. */
  readonly kind: "aws" | "dynamodb";
  readonly judge: (request: CloudRequest) => Verdict;
  /** May change the body on its way in. */
  readonly rewrite: (request: CloudRequest) => Buffer;
  /** Sees the cloud's answer and may change it. `delivered`: the service gets just this. */
  readonly onAnswer: (request: CloudRequest, answer: Answer, delivered: boolean) => Promise<Answer>;
}

/** A reverse proxy in front of an emulator, on loopback. It holds bodies in memory: the suite's files are small. */
export const startProxy = async (options: ProxyOptions): Promise<{ readonly stop: () => Promise<void> }> => {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const server = createServer((incoming, reply) => {
    void handle(options, agent, incoming, reply).catch(() => incoming.socket.destroy());
  });
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(options.port, "127.0.0.1", resolve);
  });
  return {
    stop: async () => {
      server.closeAllConnections();
      agent.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

const handle = async (
  options: ProxyOptions,
  agent: Agent,
  incoming: IncomingMessage,
  reply: ServerResponse,
): Promise<void> => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const request = classify(options, incoming, Buffer.concat(chunks));
  const verdict = options.judge(request);
  const gone = new AbortController();
  // One connection carries many requests.
  incoming.socket.setMaxListeners(0);
  const onClose = () => gone.abort();
  incoming.socket.once("close", onClose);
  reply.once("close", () => incoming.socket.off("close", onClose));
  if (verdict.do === "refuse") return void incoming.socket.destroy();
  if (verdict.do === "answer") return give(reply, verdict.answer);
  if (verdict.do === "pass" && verdict.after) await sleep(verdict.after);
  // A service that was killed meanwhile had sent its request all the same.
  const changed = { ...request, body: options.rewrite(request) };
  if (verdict.do === "cut-request") {
    await forward(options, agent, changed, gone.signal, changed.body.length >> 1).catch(() => undefined);
    return void incoming.socket.destroy();
  }
  const thinned = verdict.do === "thin" ? verdict.thinned : undefined;
  const carryOut = (body: Buffer) => forward(options, agent, { ...changed, body }, gone.signal);
  const carryOutThinned = (body: Buffer | undefined) =>
    body === undefined ? NOTHING_DONE : carryOut(options.rewrite({ ...request, body }));
  const answered = await (thinned ? carryOutThinned(thinned.body) : carryOut(changed.body));
  const isWhole = () => (verdict.do === "pass" || verdict.do === "thin") && !incoming.socket.destroyed;
  const answer = await options.onAnswer(changed, thinned?.complete(answered) ?? answered, isWhole());
  if (verdict.do === "pass" || verdict.do === "thin") return give(reply, answer);
  if (verdict.do === "answer-after") return give(reply, verdict.answer);
  if (verdict.part > 0) {
    reply.writeHead(answer.status, headersOf(answer));
    reply.write(answer.body.subarray(0, Math.floor(answer.body.length * verdict.part)));
    await sleep(verdict.stall);
  }
  incoming.socket.destroy();
};

const give = (reply: ServerResponse, answer: Answer): void => {
  if (reply.destroyed) return;
  reply.writeHead(answer.status, headersOf(answer));
  reply.end(answer.body);
};

const headersOf = ({ headers, body }: Answer) => {
  const { connection, "transfer-encoding": encoding, "content-length": length, ...kept } = headers;
  // The answer to a HEAD states a length without having a body.
  return { ...kept, "content-length": body.length > 0 ? String(body.length) : String(length ?? 0) };
};

const classify = ({ kind }: ProxyOptions, incoming: IncomingMessage, body: Buffer): CloudRequest => {
  const { method = "GET", url: path = "/", headers } = incoming;
  const named = String(headers["x-amz-target"] ?? "");
  const operation = named.slice(named.indexOf(".") + 1);
  const common = { method, path, headers, body };
  if (kind === "dynamodb") return { ...common, target: "dynamodb", operation };
  if (named.startsWith("AmazonSQS.")) return { ...common, target: "sqs", operation };
  if (String(headers["content-type"]).includes("x-www-form-urlencoded")) {
    const action = new URLSearchParams(body.toString()).get("Action") ?? "";
    return { ...common, target: "sns", operation: action };
  }
  return { ...common, target: "s3", operation: method };
};

/** The host is part of what a presigned link signs. */
const hostOf = (path: string, { host = "" }: IncomingHttpHeaders, upstream: string): string =>
  path.includes("X-Amz-Signature=") ? host : new URL(upstream).host;

/** @param only so many bytes of the body are sent, then the connection is closed */
const forward = (
  { upstream }: ProxyOptions,
  agent: Agent,
  { method, path, headers, body }: CloudRequest,
  signal: AbortSignal,
  only?: number,
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { connection, expect, "transfer-encoding": encoding, ...kept } = headers;
    const outgoing = send(upstream + path, {
      method,
      agent,
      headers: { ...kept, host: hostOf(path, headers, upstream), "content-length": String(body.length) },
    });
    outgoing.once("error", reject);
    outgoing.once("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.once("error", reject);
      response.once("end", () =>
        resolve({
          status: response.statusCode ?? 500,
          headers: response.headers,
          body: Buffer.concat(chunks),
        }),
      );
    });
    // As when the service's own connection breaks: a long poll must not go on taking messages for nobody.
    signal.addEventListener("abort", () => outgoing.destroy(new Error("the client is gone")), { once: true });
    if (only === undefined) outgoing.end(body);
    else {
      outgoing.write(body.subarray(0, only));
      setTimeout(() => outgoing.destroy(new Error("cut")), 20);
    }
  });
