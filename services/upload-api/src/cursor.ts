import type { Static, TSchema } from "typebox";
import Value from "typebox/value";
import { invalidCursor } from "./errors/api-error.ts";

/**
 * Where a list goes on, opaque to callers: base64url of JSON. It holds positions only, never a permission, so it
 * needs no signature; it is checked against its schema because anyone can make one up.
 */
export const encodeCursor = (position: unknown): string =>
  Buffer.from(JSON.stringify(position), "utf8").toString("base64url");

/** @throws invalid_cursor for everything that `encodeCursor` did not make for the same list */
export const decodeCursor = <Schema extends TSchema>(schema: Schema, cursor: string): Static<Schema> => {
  const position = parse(cursor);
  if (!Value.Check(schema, position)) throw invalidCursor();
  return position;
};

const parse = (cursor: string): unknown => {
  try {
    return JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
  } catch (cause) {
    throw invalidCursor(cause);
  }
};
