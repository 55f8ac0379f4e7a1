/** S3 takes 10,000; a list of a hundred addresses still fits one answer and one item. */
const MAX_PARTS = 100;
const MIB = 1024 * 1024;

/** How a file is cut: what each part must have to the byte. */
export interface PlannedPart {
  readonly partNumber: number;
  readonly bytes: number;
}

/** Bytes of every part but the last: a whole number of MiB, unless it is the smallest part itself. */
export const partBytesFor = (bytes: number, smallest: number): number =>
  Math.max(smallest, Math.ceil(bytes / MAX_PARTS / MIB) * MIB);

/** All parts of a file, numbered from 1. */
export const planParts = (bytes: number, partBytes: number): PlannedPart[] =>
  Array.from({ length: Math.ceil(bytes / partBytes) }, (_, index) => ({
    partNumber: index + 1,
    bytes: Math.min(partBytes, bytes - index * partBytes),
  }));
