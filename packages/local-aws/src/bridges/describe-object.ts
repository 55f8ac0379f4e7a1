import type { FauxqsApp } from "../emulators/fauxqs.ts";
import type { CreatedObject } from "./object-event.ts";

/** What is stored under a key now. A listing tells the time in milliseconds, which HEAD does not. */
export const describeObject = async (
  app: FauxqsApp,
  bucket: string,
  key: string,
): Promise<CreatedObject | undefined> => {
  const query = new URLSearchParams({ "list-type": "2", prefix: key });
  const { body } = await app.inject({ method: "GET", url: `/${bucket}?${query}` });
  for (const [, entry = ""] of body.matchAll(/<Contents>([\s\S]*?)<\/Contents>/g)) {
    if (element(entry, "Key") !== key) continue;
    const etag = element(entry, "ETag").replaceAll('"', "");
    return {
      bucket,
      key,
      etag,
      size: Number(element(entry, "Size")),
      lastModified: element(entry, "LastModified"),
    };
  }
  return undefined;
};

const element = (xml: string, name: string): string =>
  (new RegExp(`<${name}>([\\s\\S]*?)</${name}>`).exec(xml)?.[1] ?? "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&apos;", "'")
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");
