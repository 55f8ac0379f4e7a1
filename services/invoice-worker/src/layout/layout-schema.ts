import { FIELD_NAMES } from "@stockwire/contracts/invoice";
import { type Static, Type } from "typebox";

const Words = Type.Array(Type.String({ minLength: 1, maxLength: 80 }), { maxItems: 200 });
const Labels = Type.Array(Type.String({ minLength: 1, maxLength: 80 }), { minItems: 1, maxItems: 100 });

const literals = <const Names extends readonly string[]>(names: Names) =>
  Type.Unsafe<Names[number]>(Type.Enum([...names]));

const FieldTemplate = Type.Object(
  {
    field: literals(FIELD_NAMES),
    labels: Labels,
    kind: literals(["text", "identifier", "date", "amount", "words"]),
    required: Type.Boolean({ description: "whether an invoice without it is quarantined" }),
  },
  { additionalProperties: false },
);
export type FieldTemplate = Static<typeof FieldTemplate>;

const ItemList = Type.Object(
  {
    field: Type.Literal("items"),
    labels: Labels,
    kind: Type.Literal("items"),
    required: Type.Boolean(),
    form: Type.Literal("list", {
      description: "`1) name, price, tax`; the tax may be missing, lines may wrap",
    }),
  },
  { additionalProperties: false },
);

const ItemTable = Type.Object(
  {
    field: Type.Literal("items"),
    labels: Labels,
    kind: Type.Literal("items"),
    required: Type.Boolean(),
    form: Type.Literal("table", { description: "a row of column names, then one row an item" }),
    separator: literals(["|", ";", "\t"]),
    columns: Type.Object(
      { number: Labels, name: Labels, price: Labels, tax: Labels },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false },
);
export type ItemTable = Static<typeof ItemTable>;

const Locale = Type.Object(
  {
    decimal: Type.Union([Type.Literal("."), Type.Literal(","), Type.Null()], {
      description: "decimal separator; null leaves `7.650` ambiguous unless the words decide",
    }),
    dateOrder: Type.Union([Type.Literal("dmy"), Type.Literal("mdy"), Type.Literal("ymd"), Type.Null()], {
      description: "order of a date in figures; null leaves `03/04/2018` ambiguous",
    }),
    months: Type.Optional(
      Type.Record(Type.String(), Type.Integer({ minimum: 1, maximum: 12 }), {
        description: "names of months besides the English ones",
      }),
    ),
  },
  { additionalProperties: false },
);

/** A template for one organisation's invoices: all that tells its layout from another's. */
export const LayoutTemplate = Type.Object(
  {
    name: Type.String({ pattern: "^[a-z][a-z0-9-]*$", maxLength: 40 }),
    description: Type.String({ minLength: 1, maxLength: 300 }),
    locale: Locale,
    currency: Type.Object(
      {
        names: Type.Array(Type.String({ minLength: 1, maxLength: 40 }), {
          description: "codes and words before or after an amount, in figures or in words",
          maxItems: 200,
        }),
        fractions: Type.Array(Type.String({ minLength: 1, maxLength: 40 }), {
          description: "words for a hundredth",
          maxItems: 50,
        }),
      },
      { additionalProperties: false },
    ),
    headings: Type.Optional(Words),
    fields: Type.Array(Type.Union([FieldTemplate, ItemList, ItemTable]), { minItems: 1, maxItems: 20 }),
  },
  { additionalProperties: false },
);
export type LayoutTemplate = Static<typeof LayoutTemplate>;
