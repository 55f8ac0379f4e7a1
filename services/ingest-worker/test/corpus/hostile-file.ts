/** What the first pass is to say about a hostile file. */
interface Expected {
  /** The whole file is refused with this code. */
  readonly error?: string;
  /** `line store|item|count` of every row that loads, in file order; or only how many. */
  readonly rows?: readonly string[] | number;
  /** `line column code` of every refused row, in file order; or how many of each code. */
  readonly refused?: readonly string[] | Readonly<Record<string, number>>;
}

export interface HostileFile {
  readonly name: string;
  readonly content: string | Buffer;
  /** The upload's store restriction. */
  readonly store?: string;
  readonly expected: Expected;
}

export const HEADER = "store,item,count\n";

export const utf16be = (text: string): Buffer => Buffer.from(text, "utf16le").swap16();

export const utf32 = (text: string, isLittleEndian: boolean): Buffer => {
  const points = [...text].map((character) => character.codePointAt(0) ?? 0);
  const bytes = Buffer.alloc(points.length * 4);
  for (const [index, point] of points.entries()) {
    if (isLittleEndian) bytes.writeUInt32LE(point, index * 4);
    else bytes.writeUInt32BE(point, index * 4);
  }
  return bytes;
};
