import type { Receipt } from "@stockwire/contracts/receipt";
import type { Evidence } from "../evidence.ts";
import type { InvoiceSending, Workload } from "../workload.ts";
import type { Report } from "./violation.ts";

interface Sent {
  readonly receipt: Receipt;
  readonly sending: InvoiceSending;
}

/**
 * One record an invoice: a sound one where any came, never a second one over it; its CSV and the report say the same.
 */
export const checkInvoices = (evidence: Evidence, workload: Workload, report: Report): void => {
  const sent: Sent[] = workload.sendings.flatMap((sending) =>
    sending.kind === "invoice"
      ? (evidence.receipts.get(sending.name) ?? []).map((receipt) => ({ receipt, sending }))
      : [],
  );
  const byInvoice = Map.groupBy(
    sent,
    ({ sending }) => `${sending.file.customerId} ${sending.file.invoiceId}`,
  );
  const records = new Map(evidence.invoices.map((one) => [`${one.customerId} ${one.invoiceId}`, one]));
  const standing: InvoiceSending[] = [];
  for (const [ids, all] of byInvoice) {
    const record = records.get(ids);
    const source = all.find(({ receipt }) => receipt.uploadId === record?.uploadId);
    if (record === undefined || source === undefined) {
      report(`invoice ${ids}: no record of any of its files`);
      continue;
    }
    const anySound = all.some(({ sending }) => sending.file.sound);
    if (record.status !== (anySound ? "accepted" : "quarantined"))
      report(`invoice ${ids} is ${record.status}`);
    if (record.status === "accepted" && source.sending.file.sound) standing.push(source.sending);
    for (const one of all) checkReceipt(ids, one, source, all, report);
  }
  for (const ids of records.keys())
    if (!byInvoice.has(ids)) report(`invoice ${ids}: a record without a file`);
  checkCsv(standing, evidence, report);
  checkExpenses(standing, evidence, report);
};

const checkReceipt = (
  ids: string,
  { receipt, sending }: Sent,
  source: Sent,
  all: readonly Sent[],
  report: Report,
): void => {
  const { sound, sha256, content } = sending.file;
  const say = (text: string) => report(`invoice ${ids}, ${sending.name} (${receipt.uploadId}): ${text}`);
  if (receipt.sha256 !== sha256 || receipt.bytes !== content.length) say("other bytes than were sent");
  const { status } = receipt;
  const isSource = receipt.uploadId === source.receipt.uploadId;
  const sameBytes = all.filter((other) => other.sending.file.sha256 === sha256 && other.receipt !== receipt);
  if (isSource && status !== (sound ? "loaded" : "partial")) say(`is the record and ${status}`);
  if (!isSource && sound) {
    const right = sha256 === source.sending.file.sha256 ? "duplicate" : "conflict";
    if (status !== right) say(`${status}, should be ${right}`);
  }
  if (!isSource && !sound && status === "duplicate" && sameBytes.length === 0) say("duplicate of nothing");
  if (!isSource && !sound && !["partial", "conflict", "duplicate"].includes(status)) say(status);
};

const checkCsv = (standing: readonly InvoiceSending[], { csv }: Evidence, report: Report): void => {
  const left = new Map(csv);
  for (const { file } of standing) {
    const name = `dt=${file.date}/${file.customerId}_${file.invoiceId}.csv`;
    for (const folder of ["invoices", "invoice-lines"]) {
      const text = left.get(`${folder}/${name}`);
      left.delete(`${folder}/${name}`);
      const wanted = folder === "invoices" ? `,${file.amount},${file.tax},${file.total},` : `,Part 1,`;
      if (text === undefined) report(`${folder}/${name} is missing`);
      else if (!text.includes(wanted)) report(`${folder}/${name} does not say ${wanted}`);
    }
  }
  for (const key of left.keys()) report(`${key} belongs to no accepted invoice`);
};

const checkExpenses = (standing: readonly InvoiceSending[], { expenses }: Evidence, report: Report): void => {
  const expected = new Map<string, { invoices: number; total: number }>();
  for (const { file } of standing) {
    const day = expected.get(file.date) ?? { invoices: 0, total: 0 };
    expected.set(file.date, { invoices: day.invoices + 1, total: day.total + file.total });
  }
  const render = (
    entries: Iterable<readonly [string, { invoices: number; total: number | string }]>,
  ): string =>
    [...entries]
      .map(([date, { invoices, total }]) => `${date}: ${invoices} invoices, ${Number(total)}`)
      .sort()
      .join("; ");
  const said = render(expenses.map(({ date, ...day }) => [date, day] as const));
  const wanted = render(expected);
  if (said !== wanted) report(`the report says ${said || "nothing"}; should be ${wanted || "nothing"}`);
};
