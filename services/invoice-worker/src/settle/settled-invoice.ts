import type { Decimal } from "@stockwire/contracts/decimal";
import type { ItemFigures } from "../items/conventions.ts";

/** An item with its figures decided; without them where that was not possible. */
export interface SettledItem {
  readonly number: string | null;
  readonly line: number;
  /** Null where readings that are still open name it differently. */
  readonly name: string | null;
  readonly figures: ItemFigures | undefined;
}

/** The figures that the checks compare: each one certain, or undefined. */
export interface SettledFigures {
  readonly amount: Decimal | undefined;
  /** Sum of all taxes stated; undefined where none is, or one is not certain. */
  readonly tax: Decimal | undefined;
  /** In the order of the file. */
  readonly taxes: readonly { readonly label: string; readonly line: number; readonly value: Decimal }[];
  readonly total: Decimal | undefined;
  readonly words: Decimal | undefined;
  readonly items: readonly SettledItem[];
}
