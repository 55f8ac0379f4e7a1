import { type FigureStyle, writeAmount } from "../render-figures.ts";
import { amountOf, type Source, taxOf } from "../render-invoice.ts";
import { type CorpusFile, expectedOf } from "./expectation.ts";
import { SOURCES } from "./sources.ts";

const MONTHS = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split(
  " ",
);

/** The words stay text in this layout: only English ones are read as numbers. */
const WORDS = "siehe Anlage";

const render = (
  source: Source,
  figures: FigureStyle,
  dated: (iso: string) => string,
  table: "open" | "framed",
) => {
  const money = (value: bigint): string => writeAmount(value, figures);
  const row = (...cells: readonly string[]): string =>
    table === "framed" ? `| ${cells.join(" | ")} |` : cells.join(" | ");
  const lines = [
    "Rechnung",
    "",
    `Absender: ${source.from}`,
    `Empfänger: ${source.to}`,
    `Kunden-Nr.: ${source.customerId}   Rechnungs-Nr.: ${source.invoiceId}`,
    `Rechnungsdatum: ${dated(source.date)}`,
    "",
    "Positionen",
    row("Pos", "Bezeichnung", "Preis", "MwSt"),
    ...(table === "framed" ? ["|---|---|---|---|"] : []),
    ...source.items.map(({ name, price, tax }, index) =>
      row(String(index + 1), name, money(price), tax === null ? "" : money(tax)),
    ),
    "",
    `Netto: ${money(amountOf(source))} EUR`,
    `MwSt (19 %): ${money(taxOf(source))} EUR`,
    `Gesamtbetrag: ${money(amountOf(source) + taxOf(source))} EUR`,
    `In Worten: ${WORDS}`,
  ];
  const foot = lines.length - 3;
  const places = {
    from: 3,
    to: 4,
    customer_id: 5,
    invoice_id: 5,
    date: 6,
    amount: foot,
    tax: foot + 1,
    total: foot + 2,
    in_words: foot + 3,
  };
  const rendered = { text: `${lines.join("\n")}\n`, lines: places, words: WORDS };
  return { text: rendered.text, expected: expectedOf(source, rendered, "rechnung") };
};

const dotted = (iso: string): string => iso.split("-").reverse().join(".");
const named = (iso: string): string => {
  const [year = "", month = "", day = ""] = iso.split("-");
  return `${Number(day)}. ${MONTHS[Number(month) - 1]} ${year}`;
};

/** The second layout: what is ambiguous in the first one is not in this one. */
export const germanFiles = (): CorpusFile[] => [
  { name: "rechnung", ...render(SOURCES.workshop, "german", dotted, "open") },
  { name: "rechnung-framed-table", ...render(SOURCES.workshop, "german", named, "framed") },
  { name: "rechnung-point-decides", ...render(SOURCES.station, "german short", named, "open") },
  { name: "rechnung-day-first", ...render(SOURCES.refinery, "german", dotted, "open") },
  {
    name: "rechnung-slashes",
    ...render(SOURCES.untaxed, "german", (iso) => dotted(iso).replaceAll(".", "/"), "framed"),
  },
];
