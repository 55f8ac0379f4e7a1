import type {
  Check,
  FieldName,
  FieldReading,
  Finding,
  InvoiceStatus,
  ItemReading,
} from "@stockwire/contracts/invoice";

/** An invoice as `GET /v1/invoices` lists it; amounts are exact decimals as text. */
export interface InvoiceSummary {
  readonly customerId: string;
  readonly invoiceId: string;
  readonly status: InvoiceStatus;
  readonly date: string | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly amount: string | null;
  readonly tax: string | null;
  readonly total: string | null;
  readonly receivedAt: string;
  readonly uploadId: string;
  readonly links: { readonly self: string; readonly upload: string; readonly original: string };
}

/** An invoice with all that was read. */
export interface Invoice extends InvoiceSummary {
  readonly inWords: string | null;
  readonly layout: { readonly name: string; readonly because: string } | null;
  readonly reasons: readonly string[];
  readonly fields: Readonly<Partial<Record<FieldName, FieldReading>>>;
  readonly currency: string | null;
  readonly items: readonly ItemReading[];
  readonly checks: readonly Check[];
  readonly problems: readonly Finding[];
  readonly notes: readonly Finding[];
  readonly omitted: number;
  readonly original: string;
}

export const FIELD_WORDS: Readonly<Record<FieldName, string>> = {
  customer_id: "Customer",
  invoice_id: "Invoice",
  date: "Date",
  from: "From",
  to: "To",
  amount: "Amount",
  tax: "Tax",
  total: "Total",
  in_words: "In words",
};

export const CHECK_WORDS: Readonly<Record<Check["name"], string>> = {
  item_prices_equal_amount: "The items' prices add up to the amount",
  item_taxes_equal_tax: "The items' taxes add up to the tax",
  amount_and_tax_equal_total: "Amount and tax make the total",
  words_equal_total: "The words say the total",
  date_in_range: "The date can be",
};
