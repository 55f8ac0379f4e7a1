import type { FieldName } from "@stockwire/contracts/invoice";
import { type DateStyle, type FigureStyle, writeAmount, writeDate } from "./render-figures.ts";
import { type Manner, sayNumber } from "./say-number.ts";

/** What an invoice says; amounts in ten-thousandths. */
export interface Source {
  readonly customerId: string;
  readonly invoiceId: string;
  readonly date: string;
  readonly from: string;
  readonly to: string;
  readonly items: readonly { readonly name: string; readonly price: bigint; readonly tax: bigint | null }[];
}

/** How it says it. */
export interface Style {
  readonly labels: Readonly<Record<FieldName | "items", string>>;
  /** Fields that share a line, line by line. */
  readonly order: readonly (readonly (FieldName | "items")[])[];
  readonly colon: string;
  readonly gap: string;
  readonly lineEnd: string;
  readonly bom: boolean;
  readonly blankLines: boolean;
  readonly figures: FigureStyle;
  readonly currency: { readonly before: string; readonly behind: string };
  readonly dates: DateStyle;
  readonly marker: string;
  readonly itemSeparator: string;
  /** Columns at which items and words go on in the next line. */
  readonly wrapAt: number;
  readonly words: { readonly manner: Manner; readonly before: string; readonly behind: string };
  /** Labels of the taxes that the tax is split into. */
  readonly taxes: readonly string[];
}

export interface Rendered {
  readonly text: string;
  /** Physical line of each field that is there. */
  readonly lines: Partial<Record<FieldName, number>>;
  readonly words: string;
}

export const amountOf = ({ items }: Source): bigint => items.reduce((sum, { price }) => sum + price, 0n);
export const taxOf = ({ items }: Source): bigint => items.reduce((sum, { tax }) => sum + (tax ?? 0n), 0n);

export const renderInvoice = (source: Source, style: Style): Rendered => {
  const money = (value: bigint): string =>
    `${style.currency.before}${writeAmount(value, style.figures)}${style.currency.behind}`;
  const words = sayAmount(amountOf(source) + taxOf(source), style);
  const lines: string[] = style.blankLines ? ["Invoice", ""] : [];
  const places: Partial<Record<FieldName, number>> = {};

  const put = (field: FieldName): string => {
    const label = `${style.labels[field]}${style.colon}`;
    switch (field) {
      case "customer_id":
        return label + source.customerId;
      case "invoice_id":
        return label + source.invoiceId;
      case "date":
        return label + writeDate(source.date, style.dates);
      case "from":
        return label + source.from;
      case "to":
        return label + source.to;
      case "amount":
        return label + money(amountOf(source));
      case "tax":
        return splitTax(taxOf(source), style.taxes.length)
          .map((part, index) => `${style.taxes[index]}${style.colon}${money(part)}`)
          .join(style.gap);
      case "total":
        return label + money(amountOf(source) + taxOf(source));
      case "in_words":
        return label + words;
    }
  };

  for (const group of style.order) {
    if (group.includes("items")) {
      lines.push(style.labels.items);
      for (const [index, item] of source.items.entries()) {
        const cells = [item.name, money(item.price), ...(item.tax === null ? [] : [money(item.tax)])];
        const line = `${index + 1}${style.marker} ${cells.join(style.itemSeparator)}`;
        lines.push(...wrap(line, style.wrapAt));
      }
    } else {
      const fields = group.filter((name) => name !== "items");
      for (const field of fields) places[field] = lines.length + 1;
      const [first = "", ...wrapped] = wrap(words, style.wrapAt);
      if (group.includes("in_words"))
        lines.push(`${style.labels.in_words}${style.colon}${first}`, ...wrapped);
      else lines.push(fields.map(put).join(style.gap));
    }
    if (style.blankLines) lines.push("");
  }
  const text = `${style.bom ? "\ufeff" : ""}${lines.join(style.lineEnd)}${style.lineEnd}`;
  return { text, lines: places, words };
};

/** Adds up to the whole; the first part takes what cannot be split. */
const splitTax = (tax: bigint, parts: number): bigint[] => {
  const share = (tax / BigInt(parts) / 100n) * 100n;
  return [tax - share * BigInt(parts - 1), ...Array<bigint>(parts - 1).fill(share)];
};

const sayAmount = (value: bigint, { words }: Style): string => {
  const rest = value % 10_000n;
  const hundredths = rest % 100n === 0n;
  const fraction = hundredths ? `${String(rest / 100n).padStart(2, "0")}/100` : `${rest}/10000`;
  const said = `${words.before}${sayNumber(value / 10_000n, words.manner)}`;
  return `${said}${rest === 0n ? "" : ` and ${fraction}`}${words.behind}`;
};

const wrap = (line: string, width: number): string[] => {
  const lines: string[] = [];
  for (const word of line.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length >= width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines.map((part, index) => (index === 0 ? part : `   ${part}`));
};
