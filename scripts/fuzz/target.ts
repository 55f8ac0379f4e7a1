import type fc from "fast-check";

/** Something that takes any bytes, and what must hold for it whatever they are. */
export interface FuzzTarget<Input = unknown> {
  readonly name: string;
  readonly arbitrary: fc.Arbitrary<Input>;
  /** What is kept of an input that never comes to an end. */
  readonly bytesOf: (input: Input) => Uint8Array;
  /** Throws, saying what does not hold. */
  readonly check: (input: Input) => Promise<void> | void;
  /** The sources that coverage is told of, from the project's root. */
  readonly sources: readonly string[];
}
