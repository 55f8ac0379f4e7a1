import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { fillBlocks } from "../../../scripts/cost/blocks.ts";
import { hostileFiles } from "./corpus/hostile-files.ts";
import { explainedDifferences } from "./explained-differences.ts";
import { type OtherVerdict, readWithPapaParse } from "./other-parser.ts";
import { readVerdict } from "./read-verdict.ts";

const document = join(import.meta.dirname, "../../../docs/hostile-files.md");
const files = Object.values(hostileFiles).flat();

const ourVerdict = async (content: string | Buffer, store: string | undefined) => {
  const { error, rows, refused } = await readVerdict(content, { store });
  const hasHeader = error === undefined || error === "no_rows" || error === "no_usable_rows";
  return {
    error,
    hasHeader,
    rows: rows.map((row) => row.slice(row.indexOf(" ") + 1)),
    refused: refused.length,
  };
};

const say = ({ hasHeader, rows, refused }: OtherVerdict): string =>
  hasHeader ? `${rows.length} loaded, ${refused} refused` : "no header";

/** The formatter pads the table's cells. */
const squeeze = (text: string): string => text.replace(/ +\|/g, " |").replace(/-{3,}/g, "---");

t.test("another parser comes to the same verdicts, but where the table says why not", async (t) => {
  const lines: string[] = [];
  for (const { name, content, store } of files) {
    const { error, ...ours } = await ourVerdict(content, store);
    const theirs = readWithPapaParse(content, store);
    const isSame = JSON.stringify(ours) === JSON.stringify(theirs);
    const why = explainedDifferences[name];
    if (isSame) t.equal(why, undefined, `${name}: there is nothing to explain`);
    else {
      t.ok(why, `${name}: ours ${error ?? say(ours)}, theirs ${say(theirs)}`);
      lines.push(`| ${name} | ${error ? `\`${error}\`` : say(ours)} | ${say(theirs)} | ${why} |`);
    }
  }
  t.same(
    Object.keys(explainedDifferences).filter((name) => !files.some((file) => file.name === name)),
    [],
    "every explanation is about a file of the corpus",
  );
  const blocks = {
    differences: ["| file | ours | Papa Parse | why |", "| --- | --- | --- | --- |", ...lines].join("\n"),
    corpus: Object.entries(hostileFiles)
      .map(([chapter, of]) => `- ${chapter}: ${of.length} files`)
      .join("\n"),
  };
  const text = readFileSync(document, "utf8");
  if (process.env.UPDATE_SNAPSHOTS === "1") writeFileSync(document, fillBlocks(text, blocks));
  else
    t.equal(
      squeeze(text),
      squeeze(fillBlocks(text, blocks)),
      "docs/hostile-files.md: UPDATE_SNAPSHOTS=1 rewrites it",
    );
});
