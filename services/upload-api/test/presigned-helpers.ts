import { createHash } from "node:crypto";
import type { Scope } from "@stockwire/contracts/items";
import fastify, { type FastifyBaseLogger } from "fastify";
import type { Test } from "tap";
import type { Principal } from "../src/access/principal.ts";
import type { ApiContext } from "../src/context.ts";
import { renderProblem } from "../src/errors/render-problem.ts";
import { completeUpload } from "../src/routes/complete-upload.ts";
import { deleteUpload } from "../src/routes/delete-upload.ts";
import { postUploads } from "../src/routes/post-uploads.ts";
import { uploadParts } from "../src/routes/upload-parts.ts";
import { fetch, MIB } from "./helpers.ts";

/** S3's smallest, so that a file of three parts is small. */
export const PART = 5 * MIB;

export interface Begun {
  readonly uploadId: string;
  readonly expiresAt: string;
  readonly urlsExpireAt: string;
  readonly partBytes: number;
  readonly parts: readonly { readonly partNumber: number; readonly bytes: number; readonly url: string }[];
  readonly links: { readonly self: string; readonly parts: string; readonly complete: string };
}

export interface Reported {
  readonly partNumber: number;
  readonly etag: string;
}

/** An inventory file of exactly so many bytes. */
export const fileOf = (bytes: number, name = "Echo"): Buffer<ArrayBuffer> => {
  const rows = Array.from({ length: Math.ceil(bytes / 20) }, (_, row) => `Berlin,${name} ${row},${row}\n`);
  const text = Buffer.from(`store,item,count\n${rows.join("")}`).subarray(0, bytes);
  return Buffer.from(text);
};

export const sha256Of = (content: Uint8Array): string => createHash("sha256").update(content).digest("hex");

export const sendJson = (url: string, body?: unknown, method = "POST"): Promise<Response> =>
  fetch(url, {
    method,
    ...(body !== undefined && {
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    }),
  });

export const begin = async (url: string, content: Buffer, more: object = {}): Promise<Begun> => {
  const announced = { filename: "big.csv", bytes: content.length, sha256: sha256Of(content), ...more };
  const response = await sendJson(`${url}/v1/uploads`, announced);
  if (response.status !== 201) throw new Error(await response.text());
  return (await response.json()) as Begun;
};

/** The bytes of a part. */
export const slice = (content: Buffer<ArrayBuffer>, { partBytes }: Begun, partNumber: number) =>
  content.subarray((partNumber - 1) * partBytes, partNumber * partBytes);

export const putPart = async (url: string, bytes: Buffer<ArrayBuffer>): Promise<string> => {
  const response = await fetch(url, { method: "PUT", body: bytes });
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  return response.headers.get("etag") ?? "";
};

/** Sends every part that the answer has an address for. */
export const putParts = (begun: Begun, content: Buffer<ArrayBuffer>): Promise<Reported[]> =>
  Promise.all(
    begun.parts.map(async ({ partNumber, url }) => ({
      partNumber,
      etag: await putPart(url, slice(content, begun, partNumber)),
    })),
  );

/** The routes of presigned uploads alone, for whoever `principal` is; answers the URL. */
export const startFor = async (
  t: Test,
  context: ApiContext,
  principal: { readonly id: string; readonly stores?: readonly string[]; readonly scopes?: readonly Scope[] },
): Promise<string> => {
  const { id, stores = "all", scopes = ["upload"] } = principal;
  const asked: Principal = { id, stores, scopes: new Set(scopes) };
  const app = fastify({ loggerInstance: context.log as FastifyBaseLogger });
  app.setErrorHandler((error, request, reply) => renderProblem(error, request, reply));
  app.decorateRequest("principal", { getter: () => asked });
  for (const route of [postUploads, uploadParts, completeUpload, deleteUpload])
    await app.register(route(context));
  t.teardown(() => app.close());
  return app.listen({ host: "127.0.0.1", port: 0 });
};
