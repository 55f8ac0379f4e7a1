import type { ObjectCreated } from "./object-event.ts";

/** What a request to S3 says about itself, as far as it matters here. */
export interface S3Request {
  readonly method: string;
  readonly bucket: string | undefined;
  /** Empty for requests to the bucket itself. */
  readonly key: string;
  readonly query: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: unknown;
}

/** Which object an answered request created, if it created one: a part of a multipart upload is none. */
export const createdObject = (
  request: S3Request,
  status: number,
): { bucket: string; key: string; how: ObjectCreated } | undefined => {
  const { method, bucket, key, query, headers } = request;
  if (bucket === undefined || status < 200 || status >= 400) return undefined;
  if (method === "PUT" && key) {
    if (query.partNumber !== undefined || "renameObject" in query) return undefined;
    return { bucket, key, how: headers["x-amz-copy-source"] ? "Copy" : "Put" };
  }
  if (method === "POST" && key) {
    return query.uploadId === undefined ? undefined : { bucket, key, how: "CompleteMultipartUpload" };
  }
  if (method === "POST" && /multipart\/form-data/i.test(String(headers["content-type"]))) {
    const formKey = keyInForm(request.body);
    return formKey === undefined ? undefined : { bucket, key: formKey, how: "Post" };
  }
  return undefined;
};

/** The key of a browser's form upload; `${filename}` in it stands for the file's own name. */
const keyInForm = (body: unknown): string | undefined => {
  if (!Buffer.isBuffer(body)) return undefined;
  const start = body.subarray(0, 64 * 1024).toString("utf8"); // the file comes last and may be large
  const key = /name="key"[^\r\n]*\r\n(?:[^\r\n]+\r\n)*\r\n([\s\S]*?)\r\n--/.exec(start)?.[1];
  const filename = /filename="([^"]*)"/.exec(start)?.[1] ?? "";
  return key?.replace(/\$\{filename\}/g, () => filename.slice(filename.search(/[^/\\]*$/)));
};
