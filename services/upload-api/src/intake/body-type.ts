import type { UploadKind } from "@stockwire/contracts/receipt";
import type { FastifyRequest } from "fastify";
import { unsupportedMediaType } from "../errors/api-error.ts";

const RAW_TYPES: Readonly<Record<UploadKind, ReadonlySet<string>>> = {
  inventory: new Set(["text/csv", "application/csv", "text/plain"]),
  invoice: new Set(["text/plain"]),
};

/**
 * Whether the body is a form with files or one raw file.
 * @throws unsupported_media_type for everything else, compressed bodies included
 */
export const bodyTypeOf = (request: FastifyRequest, kind: UploadKind): "form" | "raw" => {
  const encoding = request.headers["content-encoding"];
  if (encoding !== undefined && encoding.toLowerCase() !== "identity") {
    throw unsupportedMediaType(`The content-encoding ${encoding} is not taken.`);
  }
  const type = request.headers["content-type"]?.split(";", 1)[0]?.trim().toLowerCase();
  if (type === "multipart/form-data") return "form";
  if (type !== undefined && RAW_TYPES[kind].has(type)) return "raw";
  throw unsupportedMediaType(
    type === undefined ? "The request says no content-type." : `The content-type ${type} is not taken.`,
  );
};
