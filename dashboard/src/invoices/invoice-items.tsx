import type { ItemReading } from "@stockwire/contracts/invoice";
import { useState } from "preact/hooks";
import { formatCount } from "../format.ts";
import { formatAmount } from "./exact-decimal.ts";
import type { Invoice } from "./invoice.ts";
import { StandingMark } from "./invoice-fields.tsx";
import { type Light, LineLink, litWhileOver } from "./line-link.tsx";

/** An invoice can have hundreds of thousands. */
const STEP = 200;

/** What was billed. */
export const InvoiceItems = ({ invoice, light }: { invoice: Invoice; light: Light }) => {
  const [wanted, setWanted] = useState(STEP);
  const { items } = invoice;
  return (
    <section aria-labelledby="invoice-items">
      <h2 id="invoice-items">
        Items <span class="segment-count">{formatCount(items.length)}</span>
      </h2>
      {items.length === 0 ? (
        <p class="muted">None were read.</p>
      ) : (
        <div class="table-wrap">
          <table class="invoice-items">
            <thead>
              <tr>
                <th scope="col">Item</th>
                <th scope="col" class="number">
                  Price
                </th>
                <th scope="col" class="number">
                  Tax
                </th>
                <th scope="col">Line</th>
              </tr>
            </thead>
            <tbody>
              {items.slice(0, wanted).map((item) => (
                <tr key={item.line} {...litWhileOver(item.line, light)}>
                  <th scope="row">
                    {item.number !== null && <span class="muted">{item.number}) </span>}
                    {item.name ?? "–"}
                  </th>
                  <Figure value={item.price} standing={item.priceStanding} />
                  <Figure value={item.tax} standing={item.taxStanding} />
                  <td class="field-line">
                    <LineLink line={item.line} about={item.name ?? "item"} light={light} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {items.length > wanted && (
        <p class="invoice-more">
          <button type="button" onClick={() => setWanted(wanted + STEP)}>
            Show more of {formatCount(items.length)}
          </button>
        </p>
      )}
    </section>
  );
};

const Figure = ({ value, standing }: { value: string | null; standing: ItemReading["priceStanding"] }) => (
  <td class="number">
    {value === null ? "–" : formatAmount(value)}
    {(standing === "disputed" || standing === "unreadable") && (
      <>
        <br />
        <StandingMark standing={standing} />
      </>
    )}
  </td>
);
