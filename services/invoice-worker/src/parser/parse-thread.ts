import type { InvoiceReading } from "@stockwire/contracts/invoice";
import { workerData } from "piscina";
import { loadLayouts } from "../layout/load-layouts.ts";
import { parseInvoice } from "../parse-invoice.ts";

const layouts = loadLayouts(workerData as string);

/** What the thread of `createParser` runs. */
export default ({ bytes, today }: { bytes: Uint8Array; today: string }): InvoiceReading =>
  parseInvoice(bytes, layouts, today);
