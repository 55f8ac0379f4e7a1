import type { FieldName, FieldReading, Standing } from "@stockwire/contracts/invoice";
import { formatDay } from "../format.ts";
import { formatAmount } from "./exact-decimal.ts";
import { FIELD_WORDS, type Invoice } from "./invoice.ts";
import { type Light, LineLink, litWhileOver } from "./line-link.tsx";

const ORDER = Object.keys(FIELD_WORDS) as FieldName[];
const AMOUNTS: ReadonlySet<FieldName> = new Set(["amount", "tax", "total"]);
const STANDINGS: Readonly<Record<Standing, { readonly sign: string; readonly explained: string }>> = {
  confirmed: { sign: "✓", explained: "a check that passed covers it" },
  disputed: { sign: "✕", explained: "a check that failed covers it" },
  unchecked: { sign: "·", explained: "no check could say" },
  unreadable: { sign: "?", explained: "it could not be read without guessing" },
  missing: { sign: "–", explained: "nothing stands there" },
};

/** The fields as they were read, each with its standing and its line. */
export const InvoiceFields = ({ invoice, light }: { invoice: Invoice; light: Light }) => (
  <section aria-labelledby="fields">
    <h2 id="fields">Fields</h2>
    <div class="table-wrap">
      <table class="fields">
        <thead class="visually-hidden">
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Value and standing</th>
            <th scope="col">Line</th>
          </tr>
        </thead>
        <tbody>
          {ORDER.map((name) => {
            const field = invoice.fields[name];
            if (!field) return null;
            return (
              <tr key={name} {...litWhileOver(field.line, light)}>
                <th scope="row">{FIELD_WORDS[name]}</th>
                <td>
                  <div class="field-reading">
                    <div class={AMOUNTS.has(name) ? "field-amount" : ""}>
                      {valueOfField(name, field, invoice.currency)}
                      {field.parts && <Parts parts={field.parts} />}
                    </div>
                    <StandingMark standing={field.standing} />
                  </div>
                </td>
                <td class="field-line">
                  <LineLink line={field.line} about={FIELD_WORDS[name]} light={light} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  </section>
);

const valueOfField = (name: FieldName, { value }: FieldReading, currency: string | null): string => {
  if (value === null) return "–";
  if (name === "date") return formatDay(value);
  if (!AMOUNTS.has(name)) return value;
  return currency === null ? formatAmount(value) : `${formatAmount(value)} ${currency}`;
};

const Parts = ({ parts }: { parts: NonNullable<FieldReading["parts"]> }) => (
  <ul class="field-parts muted">
    {parts.map(({ label, value, line }) => (
      <li key={`${label} ${line}`}>
        {label} {formatAmount(value)}
      </li>
    ))}
  </ul>
);

export const StandingMark = ({ standing }: { standing: Standing }) => {
  const { sign, explained } = STANDINGS[standing];
  return (
    <span class={`standing standing-${standing}`} title={explained}>
      <span aria-hidden="true">{sign}</span> {standing}
    </span>
  );
};
