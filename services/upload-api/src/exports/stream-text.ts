import { Readable } from "node:stream";

const CHUNK_CHARACTERS = 32 * 1024;

/**
 * A stream of the parts' text in larger chunks. The first chunk is made before this resolves, so that what fails
 * early can still be answered as a problem; a later failure destroys the stream, and with it the connection.
 */
export const streamText = async (parts: AsyncIterable<string>): Promise<Readable> => {
  const chunks = inChunks(parts);
  const first = await chunks.next();
  return Readable.from(startingWith(first, chunks), { objectMode: false });
};

async function* startingWith(
  first: IteratorResult<string>,
  rest: AsyncGenerator<string>,
): AsyncGenerator<string> {
  if (!first.done) yield first.value;
  yield* rest;
}

async function* inChunks(parts: AsyncIterable<string>): AsyncGenerator<string> {
  let chunk = "";
  for await (const part of parts) {
    chunk += part;
    if (chunk.length < CHUNK_CHARACTERS) continue;
    yield chunk;
    chunk = "";
  }
  if (chunk !== "") yield chunk;
}
