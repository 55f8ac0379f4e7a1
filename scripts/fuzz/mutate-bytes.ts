import fc from "fast-check";

type Mutation =
  | { readonly kind: "insert"; readonly at: number; readonly bytes: Buffer }
  | { readonly kind: "remove"; readonly at: number; readonly length: number }
  | { readonly kind: "copy"; readonly at: number; readonly to: number; readonly length: number }
  | { readonly kind: "replace"; readonly at: number; readonly byte: number };

/** Places are taken modulo the length that the bytes then have. */
const mutationArbitrary = (tokens: readonly (string | Buffer)[]): fc.Arbitrary<Mutation> =>
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant("insert" as const),
        at: fc.nat(),
        bytes: fc.constantFrom(...tokens).map((token) => Buffer.from(token)),
      }),
    },
    fc.record({
      kind: fc.constant("remove" as const),
      at: fc.nat(),
      length: fc.integer({ min: 1, max: 40 }),
    }),
    fc.record({
      kind: fc.constant("copy" as const),
      at: fc.nat(),
      to: fc.nat(),
      length: fc.integer({ min: 1, max: 200 }),
    }),
    fc.record({
      kind: fc.constant("replace" as const),
      at: fc.nat(),
      byte: fc.integer({ min: 0, max: 255 }),
    }),
  );

const apply = (bytes: Buffer, mutation: Mutation): Buffer => {
  const at = mutation.at % (bytes.length + 1);
  const [before, behind] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (mutation.kind) {
    case "insert":
      return Buffer.concat([before, mutation.bytes, behind]);
    case "remove":
      return Buffer.concat([before, behind.subarray(mutation.length)]);
    case "copy": {
      const to = mutation.to % (bytes.length + 1);
      const piece = behind.subarray(0, mutation.length);
      return Buffer.concat([bytes.subarray(0, to), piece, bytes.subarray(to)]);
    }
    case "replace":
      return Buffer.concat([before, Buffer.of(mutation.byte), behind.subarray(1)]);
  }
};

/**
 * Bytes as the arbitrary makes them, with up to six places changed: half of them not at all, so that files that hold
 * together are met as often as broken ones.
 * @param tokens what is worth putting in somewhere
 */
export const mutated = (
  bytes: fc.Arbitrary<Buffer>,
  tokens: readonly (string | Buffer)[],
): fc.Arbitrary<Buffer> =>
  fc
    .tuple(
      bytes,
      fc.oneof(fc.constant([]), fc.array(mutationArbitrary(tokens), { minLength: 1, maxLength: 6 })),
    )
    .map(([original, mutations]) => mutations.reduce(apply, original));
