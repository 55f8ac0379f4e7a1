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

const Unread = Type.Object(
  {
    payable: Type.Array(Type.String({ minLength: 1, maxLength: 80 }), {
      description: "labels of what is to be paid or was: a figure that is not the Total's is a problem",
      maxItems: 100,
    }),
    adjustments: Type.Array(Type.String({ minLength: 1, maxLength: 80 }), {
      description: "labels of money that no field holds: any figure but 0 is a problem",
      maxItems: 200,
    }),
  },
  { additionalProperties: false, description: "labels of money that is not read" },
);

/** A template for one organisation's invoices: all that tells its layout from another's. */
export const LayoutTemplate = Type.Object(
  {
    name: Type.String({ pattern: "^[a-z][a-z0-9-]*$", maxLength: 40 }),
    description: Type.String({ minLength: 1, maxLength: 300 }),
    locale: Locale,
    currency: Type.Object(
      {
        codes: Type.Record(
          Type.String({ pattern: "^[A-Z]{3}$" }),
          Type.Array(Type.String({ minLength: 1, maxLength: 40 }), { minItems: 1, maxItems: 50 }),
          {
            description:
              "what each currency is called before or after an amount, in figures or in words; names that " +
              "several share (`$`, `Rs`) stand under each of them",
            additionalProperties: false,
            maxProperties: 200,
          },
        ),
        fractions: Type.Array(Type.String({ minLength: 1, maxLength: 40 }), {
          description: "words for a hundredth",
          maxItems: 50,
        }),
      },
      { additionalProperties: false },
    ),
    headings: Type.Optional(Words),
    refused: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 80 }), {
        description: "headings, and beginnings of labels, of what is not booked as an expense",
        maxItems: 100,
      }),
    ),
    unread: Type.Optional(Unread),
    fields: Type.Array(Type.Union([FieldTemplate, ItemList, ItemTable]), { minItems: 1, maxItems: 20 }),
  },
  { additionalProperties: false },
);
export type LayoutTemplate = Static<typeof LayoutTemplate>;
