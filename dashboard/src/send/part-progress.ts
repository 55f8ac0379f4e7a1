/** Adds up how much of a file is there while its parts go out several at once, some of them more than once. */
export const createPartProgress = (
  bytes: number,
  missing: readonly { readonly partNumber: number; readonly bytes: number }[],
) => {
  const left = new Map(missing.map((part) => [part.partNumber, part.bytes]));
  const total = (): number => bytes - [...left.values()].reduce((sum, part) => sum + part, 0);
  const sizes = new Map(left);
  return {
    total,
    /** @param sent of this part, from its beginning; less than before where it begins again */
    moved: (partNumber: number, sent: number): void => {
      const size = sizes.get(partNumber) ?? 0;
      left.set(partNumber, Math.max(0, size - sent));
    },
  };
};

/** Where a part stands in its file. @param partNumber from 1 */
export const placeOfPart = (
  partNumber: number,
  partBytes: number,
  bytes: number,
): readonly [number, number] => {
  const from = (partNumber - 1) * partBytes;
  return [from, Math.min(from + partBytes, bytes)];
};
