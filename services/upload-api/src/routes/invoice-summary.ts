import { InvoiceStatus } from "@stockwire/contracts/invoice";
import { type Static, Type } from "typebox";
import type { ListedInvoice } from "../queries/find-invoices.ts";

const nullable = (description: string) => Type.Union([Type.String(), Type.Null()], { description });
const amount = nullable("an exact decimal, e.g. 7650 or 7650.50; null where it was not read");

/** An invoice as lists show it. */
export const InvoiceSummary = Type.Object({
  customerId: Type.String(),
  invoiceId: Type.String(),
  status: InvoiceStatus,
  date: nullable("ISO date; null where it was not read"),
  from: nullable("who sent it"),
  to: nullable("who is to pay it"),
  amount,
  tax: amount,
  total: amount,
  receivedAt: Type.String({ format: "date-time" }),
  uploadId: Type.String({ description: "the upload that it was read from" }),
  links: Type.Object({ self: Type.String(), upload: Type.String(), original: Type.String() }),
});

export const toInvoiceSummary = (item: ListedInvoice): Static<typeof InvoiceSummary> => {
  const upload = `/v1/uploads/${item.UploadId}`;
  return {
    customerId: item.CustomerId,
    invoiceId: item.InvoiceId,
    status: item.Status,
    date: item.Date ?? null,
    from: item.From ?? null,
    to: item.To ?? null,
    amount: item.Amount ?? null,
    tax: item.Tax ?? null,
    total: item.Total ?? null,
    receivedAt: item.ReceivedAt,
    uploadId: item.UploadId,
    links: {
      self: `/v1/invoices/${encodeURIComponent(item.CustomerId)}/${encodeURIComponent(item.InvoiceId)}`,
      upload,
      original: `${upload}/file`,
    },
  };
};
