const FIRST_BYTES = 1024 * 1024;
/** Only reserved, not taken: no generated file comes near. */
const MOST_BYTES = 256 * 1024 * 1024;

/** Memory for an input, which both threads see and which grows with it. */
export const createSharedInput = (): SharedArrayBuffer =>
  new SharedArrayBuffer(FIRST_BYTES, { maxByteLength: MOST_BYTES });

/** Puts the whole input there: a part of it would not do to find again what it has done. */
export const shareInput = (shared: SharedArrayBuffer, bytes: Uint8Array): void => {
  if (bytes.length > shared.byteLength) shared.grow(bytes.length);
  new Uint8Array(shared).set(bytes);
};
