import { useState } from "preact/hooks";
import { withQuery } from "../api/client.ts";
import { usePage } from "../shell/context.ts";
import { SaveButton } from "../ui/save-button.tsx";
import { saveFrom } from "../ui/save-file.ts";

const FORMATS = [
  { format: "stockwire", name: "CSV, a row an invoice" },
  { format: "excel", name: "CSV for Excel" },
  { format: "xero", name: "Xero bills, a row an item" },
] as const;
type Format = (typeof FORMATS)[number]["format"];

/** All accepted invoices of some dates as one CSV file. */
export const ExportInvoices = () => {
  const { api } = usePage();
  const [format, setFormat] = useState<Format>("stockwire");
  const [texts, setTexts] = useState({ from: "", to: "", account: "", taxType: "" });
  const fieldOf = (name: keyof typeof texts) => ({
    value: texts[name],
    onInput: (event: { readonly currentTarget: HTMLInputElement }) => {
      const { value } = event.currentTarget;
      setTexts((before) => ({ ...before, [name]: value }));
    },
  });
  const { from, to, account, taxType } = texts;
  const save = (): Promise<void> => {
    const xero = format === "xero" ? { account: account || undefined, taxType: taxType || undefined } : {};
    const query = { from: from || undefined, to: to || undefined, format, ...xero };
    const range = [from, to].filter(Boolean).join("-");
    const name = `stockwire-invoices${range && `-${range}`}${format === "xero" ? "-xero" : ""}.csv`;
    return saveFrom(api, withQuery("/v1/invoices/export.csv", query), name);
  };
  return (
    <section class="card export" aria-labelledby="export">
      <h2 id="export">Download accepted invoices</h2>
      <div class="tools">
        <label>
          From
          <input type="date" min="2000-01-01" {...fieldOf("from")} />
        </label>
        <label>
          To
          <input type="date" min={from || "2000-01-01"} {...fieldOf("to")} />
        </label>
        <label>
          Format
          <select value={format} onChange={(event) => setFormat(event.currentTarget.value as Format)}>
            {FORMATS.map(({ format: value, name }) => (
              <option key={value} value={value}>
                {name}
              </option>
            ))}
          </select>
        </label>
        {format === "xero" && (
          <>
            <label>
              Account code
              <input maxLength={100} {...fieldOf("account")} />
            </label>
            <label>
              Tax type
              <input maxLength={100} {...fieldOf("taxType")} />
            </label>
          </>
        )}
        <SaveButton name="Download" save={save} />
      </div>
      {format === "xero" && <p class="hint">When importing, choose that amounts are tax exclusive.</p>}
    </section>
  );
};
