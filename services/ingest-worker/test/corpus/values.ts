import { HEADER, type HostileFile } from "./hostile-file.ts";

/** Counts that people, tills and spreadsheets write and that are not `[0-9]+`, each a row's. */
const notCounts: Readonly<Record<string, readonly string[]>> = {
  "signs and decimals": ["-1", "+1", "−1", "1.0", "1,0", "1.", ".5", "5.0", "1e3", "1E3", "1e-3", "1.5e3"],
  "groups of three": ["1 000", "1\u00a0000", "1\u202f000", "1'000", "1’000", "1_000", "1.000", "1٬000"],
  "other bases and names": [
    "0x10",
    "0b1",
    "0o7",
    "1n",
    "NaN",
    "Infinity",
    "null",
    "true",
    "ten",
    "-0",
    "#N/A",
    "#REF!",
  ],
  "other scripts": [
    "١",
    "۵",
    "५",
    "৫",
    "๕",
    "５",
    "𝟓",
    "Ⅴ",
    "五",
    "⑤",
    "½",
    "²",
    "٣٤",
    "੧੨",
    "௫",
    "៥",
    "𞥐",
    "〇",
  ],
  "units and remarks": ["5 pcs", "5x", "~5", ">5", "5?", "5-6", "(5)", "$5", "5%", "5 5"],
  "marks that do not show": ["5\u200b", "\u200e5", "5\u00ad", "\u202e5", "5\u20e3", "5\ufe0f"],
};

const countFiles: readonly HostileFile[] = Object.entries(notCounts).map(([what, counts]) => ({
  name: `counts that are none: ${what}`,
  content: `${HEADER}${counts.map((count) => `Berlin,Echo,"${count}"`).join("\n")}\nBerlin,Echo,5\n`,
  expected: {
    rows: [`${counts.length + 2} Berlin|Echo|5`],
    refused: counts.map((_, index) => `${index + 2} count bad_count`),
  },
}));

const edges: readonly HostileFile[] = [
  {
    name: "counts at the edges",
    content: `${HEADER}A,a,0\nA,b,000\nA,c,999999999\nA,d,1000000000\nA,e,0000000000001\nA,f,\nA,g, 7 \nA,h,\u00a08\u00a0\n`,
    expected: {
      rows: ["2 A|a|0", "3 A|b|0", "4 A|c|999999999", "6 A|e|1", "8 A|g|7", "9 A|h|8"],
      refused: ["5 count count_out_of_range", "7 count bad_count"],
    },
  },
  {
    name: "a count of 60,000 digits",
    content: `${HEADER}A,a,${"9".repeat(60_000)}\nA,a,${"0".repeat(60_000)}\nA,b,1\n`,
    expected: { rows: ["3 A|a|0", "4 A|b|1"], refused: ["2 count count_out_of_range"] },
  },
];

/** Each row's name is another one to us, however alike they look; written as code points so that a reader can tell. */
const names: readonly HostileFile[] = [
  {
    name: "composed and decomposed are one name",
    content: `${HEADER}K\u00f6ln,a,1\nKo\u0308ln,a,2\n`,
    expected: { rows: ["2 K\u00f6ln|a|1", "3 K\u00f6ln|a|2"], refused: [] },
  },
  {
    name: "the Angstrom sign is the letter",
    content: `${HEADER}\u212bngel,a,1\n\u00c5ngel,a,2\n`,
    expected: { rows: ["2 \u00c5ngel|a|1", "3 \u00c5ngel|a|2"], refused: [] },
  },
  {
    name: "homoglyphs stay different names",
    content: `${HEADER}Berlin,a,1\nB\u0435rlin,a,2\nΒerlin,a,3\nＢerlin,a,4\n𝐁erlin,a,5\nBerIin,a,6\n`,
    expected: {
      rows: [
        "2 Berlin|a|1",
        "3 B\u0435rlin|a|2",
        "4 Βerlin|a|3",
        "5 Ｂerlin|a|4",
        "6 𝐁erlin|a|5",
        "7 BerIin|a|6",
      ],
      refused: [],
    },
  },
  {
    name: "case and inner blanks tell names apart",
    content: `${HEADER}Berlin,a,1\nberlin,a,2\nBer lin,a,3\nBer  lin,a,4\nBer\u00a0lin,a,5\n`,
    expected: {
      rows: ["2 Berlin|a|1", "3 berlin|a|2", "4 Ber lin|a|3", "5 Ber  lin|a|4", "6 Ber\u00a0lin|a|5"],
      refused: [],
    },
  },
  {
    name: "what does not show is refused",
    content: `${HEADER}Ber\u200blin,a,1\nBer\u00adlin,a,1\nBer\u2060lin,a,1\nBer\u180elin,a,1\n\u2063Berlin,a,1\nBerlin,a,2\n`,
    expected: {
      rows: ["7 Berlin|a|2"],
      refused: [2, 3, 4, 5, 6].map((line) => `${line} store control_character`),
    },
  },
  {
    name: "what turns the reading direction is refused",
    content: `${HEADER}${["\u202a", "\u202b", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069"].map((mark) => `Ber${mark}lin,a,1`).join("\n")}\nBerlin,a,2\n`,
    expected: {
      rows: ["10 Berlin|a|2"],
      refused: [2, 3, 4, 5, 6, 7, 8, 9].map((line) => `${line} store control_character`),
    },
  },
  {
    name: "control characters",
    content: `${HEADER}Ber\u0007lin,a,1\nBer\u001blin,a,1\nBer\u007flin,a,1\nBer\u0085lin,a,1\nBer\u009blin,a,1\nBerlin,a\tb,1\nBerlin,a,2\n`,
    expected: {
      rows: ["8 Berlin|a|2"],
      refused: [
        ...[2, 3, 4, 5, 6].map((line) => `${line} store control_character`),
        "7 item control_character",
      ],
    },
  },
  {
    name: "our own separator of keys",
    content: `${HEADER}Berlin\u001fEcho,a,1\nBerlin,Echo\u001f2,1\nBerlin,a,2\n`,
    expected: { rows: ["4 Berlin|a|2"], refused: ["2 store control_character", "3 item control_character"] },
  },
  {
    name: "joiners that scripts and emoji need",
    content: `${HEADER}Berlin,می\u200cخواهم,1\nBerlin,👩\u200d👩\u200d👧,2\nBerlin,क्\u200dष,3\n`,
    expected: {
      rows: ["2 Berlin|می\u200cخواهم|1", "3 Berlin|👩\u200d👩\u200d👧|2", "4 Berlin|क्\u200dष|3"],
      refused: [],
    },
  },
  {
    name: "names of nothing that shows",
    content: `${HEADER}\u200d,a,1\n\u0301,a,1\n\u3000,a,1\n\u00a0\u2003,a,1\nBerlin,\ue000,1\nBerlin,a,2\n`,
    expected: {
      rows: ["7 Berlin|a|2"],
      refused: [
        "2 store empty_store",
        "3 store empty_store",
        "4 store empty_store",
        "5 store empty_store",
        "6 item empty_item",
      ],
    },
  },
  {
    name: "right-to-left names",
    content: `${HEADER}القدس,هاتف,1\nירושלים,טלפון,2\n`,
    expected: { rows: ["2 القدس|هاتف|1", "3 ירושלים|טלפון|2"], refused: [] },
  },
  {
    name: "formulas are names like others",
    content: `${HEADER}=1+1,a,1\n+49,a,2\n-5,a,3\n@SUM(A1),a,4\n"=HYPERLINK(""http://a.example"",""x"")",a,5\n"=cmd|' /C calc'!A0",a,6\nBerlin,a,=1+1\n`,
    expected: {
      rows: [
        "2 =1+1|a|1",
        "3 +49|a|2",
        "4 -5|a|3",
        "5 @SUM(A1)|a|4",
        '6 =HYPERLINK("http://a.example","x")|a|5',
        "7 =cmd|' /C calc'!A0|a|6",
      ],
      refused: ["8 count bad_count"],
    },
  },
  {
    name: "a formula that carries the count",
    content: `${HEADER}Berlin,a,"=""5"""\nBerlin,b,2\n`,
    expected: { rows: ["3 Berlin|b|2"], refused: ["2 count bad_count"] },
  },
  {
    name: "markup, paths, queries and prototypes are names like others",
    content: `${HEADER}<img src=x onerror=alert(1)>,a,1\n../../etc/passwd,a,2\n'; DROP TABLE x--,a,3\n__proto__,constructor,4\n\${7*7},{{7*7}},5\n%00,%2e%2e,6\n`,
    expected: {
      rows: [
        "2 <img src=x onerror=alert(1)>|a|1",
        "3 ../../etc/passwd|a|2",
        "4 '; DROP TABLE x--|a|3",
        "5 __proto__|constructor|4",
        `6 $${"{7*7}"}|{{7*7}}|5`,
        "7 %00|%2e%2e|6",
      ],
      refused: [],
    },
  },
  {
    name: "rows of another store under a restriction",
    store: "Berlin",
    content: `${HEADER}Berlin,a,1\nberlin,a,2\nB\u0435rlin,a,3\n Berlin ,b,4\n,c,5\n`,
    expected: {
      rows: ["2 Berlin|a|1", "5 Berlin|b|4"],
      refused: ["3 store store_not_allowed", "4 store store_not_allowed", "6 store empty_store"],
    },
  },
  {
    name: "10,001 stores",
    content: `${HEADER}${Array.from({ length: 10_001 }, (_, index) => `S${index},a,1`).join("\n")}\n`,
    expected: { error: "too_many_stores" },
  },
  {
    name: "one item 10,000 times",
    content: `${HEADER}${"Berlin,a,1\n".repeat(10_000)}`,
    expected: { rows: 10_000, refused: [] },
  },
];

/** What stands in the cells: numbers in every script and notation, names that look alike, formulas. */
export const valueFiles: readonly HostileFile[] = [...countFiles, ...edges, ...names];
