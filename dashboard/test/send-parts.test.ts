import t from "tap";
import { guessKind } from "../src/send/file-kind.ts";
import { goesInParts, IN_PARTS_FROM, refusalOf } from "../src/send/outgoing.ts";
import { createPartProgress, placeOfPart } from "../src/send/part-progress.ts";

t.test("parts cover a file without a gap", async (t) => {
  t.same(placeOfPart(1, 8, 20), [0, 8]);
  t.same(placeOfPart(2, 8, 20), [8, 16]);
  t.same(placeOfPart(3, 8, 20), [16, 20]);
});

t.test("progress counts what was there before, and a part that begins again", async (t) => {
  const progress = createPartProgress(20, [
    { partNumber: 2, bytes: 8 },
    { partNumber: 3, bytes: 4 },
  ]);
  t.equal(progress.total(), 8, "part 1 was there");
  progress.moved(2, 5);
  progress.moved(3, 4);
  t.equal(progress.total(), 17);
  progress.moved(2, 0);
  t.equal(progress.total(), 12, "part 2 broke off");
  progress.moved(2, 9);
  t.equal(progress.total(), 20, "never more than there is");
});

t.test("big inventory goes in parts, invoices never", async (t) => {
  t.equal(goesInParts("inventory", IN_PARTS_FROM - 1), false);
  t.equal(goesInParts("inventory", IN_PARTS_FROM), true);
  t.equal(goesInParts("invoice", IN_PARTS_FROM), false);
  t.equal(refusalOf("invoice", 16 * 1024 * 1024), undefined);
  t.match(refusalOf("invoice", 16 * 1024 * 1024 + 1), /16 MiB/);
  t.equal(refusalOf("inventory", 2 ** 31), undefined);
});

t.test("a file's kind is guessed by its name, else by its first line", async (t) => {
  const kinds: readonly (readonly [name: string, head: string, kind: string])[] = [
    ["stock.csv", "", "inventory"],
    ["STOCK.TSV", "", "inventory"],
    ["inv-00001.txt", "Customer ID: sm-LK0080145", "invoice"],
    ["stock.txt", "store\titem\tcount\nBerlin\tEcho\t1", "inventory"],
    ["stock.txt", '\ufeff"Item";"Count"\r\nEcho;1', "inventory"],
    ["letter.txt", "", "invoice"],
    ["stock", "store,item,count", "inventory"],
    ["stock.dat", "anything", "inventory"],
  ];
  for (const [name, head, kind] of kinds) t.equal(guessKind(name, head), kind, name);
});
