import type { Source } from "../render-invoice.ts";

const money = (text: string): bigint => {
  const [whole = "0", fraction = ""] = text.split(".");
  return BigInt(whole) * 10_000n + BigInt(fraction.padEnd(4, "0"));
};

const items = (
  ...lines: readonly (readonly [name: string, price: string, tax?: string])[]
): Source["items"] =>
  lines.map(([name, price, tax]) => ({
    name,
    price: money(price),
    tax: tax === undefined ? null : money(tax),
  }));

/** What the files of the corpus are about. */
export const SOURCES = {
  station: {
    customerId: "sm-LK0080145",
    invoiceId: "inv-00002",
    date: "2018-03-31",
    from: "Space Mechanics Inc.",
    to: "Starfleet Interplanatory HQ",
    items: items(
      ["Matter antimatter fusion controller", "2000", "200"],
      ["External inertial damper", "3100", "180"],
      ["Type X phaser", "500", "35"],
      ["2MW Fusion reactor", "1200", "85"],
      ["Transporter base dial", "850"],
    ),
  },
  workshop: {
    customerId: "WS-7/41",
    invoiceId: "2024-0815",
    date: "2024-02-29",
    from: "O'Neill & Sons Ltd.",
    to: "Café Noir, S.A.",
    items: items(
      ["Cable, 5 m, shielded", "129.90", "24.68"],
      ["Bolts M8, 100 pcs", "17.25", "3.28"],
      ["Dial (rev. 2.5)", "2480.00", "471.20"],
    ),
  },
  market: {
    customerId: "IN_0042",
    invoiceId: "GST/19-20/118",
    date: "2019-08-15",
    from: "Shree Ganesh Traders",
    to: "Bharat Agro Exports Pvt. Ltd.",
    items: items(
      ["Basmati rice, 25 kg bags", "1250000.00", "62500.00"],
      ["Turmeric powder", "345678.50", "17283.92"],
    ),
  },
  refinery: {
    customerId: "ref.9",
    invoiceId: "R-1",
    date: "2025-12-05",
    from: "Deep Well Refinery",
    to: "Northern Grid Authority",
    items: items(["Crude, light sweet", "987654321098.7654", "1234.5678"], ["Demurrage", "0.0125"]),
  },
  single: {
    customerId: "c1",
    invoiceId: "1",
    date: "2000-01-01",
    from: "A",
    to: "B",
    items: items(["Advice", "100", "19"]),
  },
  untaxed: {
    customerId: "k-5",
    invoiceId: "k-5-3",
    date: "2023-11-09",
    from: "株式会社 宇宙",
    to: "Überlingen Werft GmbH",
    items: items(["Thruster, used", "4500"], ["Gasket 3/4", "12.50"]),
  },
} as const satisfies Record<string, Source>;
