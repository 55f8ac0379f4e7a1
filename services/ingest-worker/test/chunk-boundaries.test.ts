import t from "tap";
import { readVerdict } from "./read-verdict.ts";

const HEADER = "store,item,count\n";

t.test("a first line over 64 KiB is no header, however the stream is cut", async (t) => {
  const header = (bytes: number): string => `store,item,count,${"n".repeat(bytes - 17)}`;
  for (const end of ["\n", "\r\n", "\r"]) {
    for (const size of [1_000, 65_535, 65_536, 65_537, 65_538, 200_000]) {
      const verdict = (bytes: number) => readVerdict(`${header(bytes)}${end}Berlin,Echo,1,${end}`, { size });
      t.equal((await verdict(65_536)).error, undefined, `64 KiB in chunks of ${size}`);
      t.equal((await verdict(65_537)).error, "not_csv", `a byte more in chunks of ${size}`);
    }
  }
});

t.test("a CRLF between two chunks is one line end where CR alone is one too", async (t) => {
  const content = (long: number): string =>
    `store,item,count\r\r\nA,one,1\r\r\n"A","${"x".repeat(long)}",1\r\nA,"two\r\n",2\r\r\nA,three,3\r\n`;
  for (const size of [1, 2, 3, 5, 100]) {
    const { rows, refused } = await readVerdict(content(300), { size });
    t.same(rows, ["3 A|one|1", "6 A|two|2", "9 A|three|3"], `chunks of ${size}`);
    t.same(refused, ["5 item value_too_long"], `chunks of ${size}`);
  }
  for (const size of [70_030, 70_031, 70_032, 70_033, 70_034, 70_035, 100_000]) {
    const { rows, refused } = await readVerdict(content(70_000), { size });
    t.same(rows, ["3 A|one|1", "6 A|two|2", "9 A|three|3"], `chunks of ${size}`);
    t.same(refused, ["5 - row_too_long"], `chunks of ${size}`);
  }
});

t.test("blanks before a row do not count towards its 64 KiB, however the stream is cut", async (t) => {
  const blanks = " ".repeat(150_000);
  for (const size of [1_000, 65_536, 500_000]) {
    const { rows, refused } = await readVerdict(
      `${HEADER}${blanks}\nA,one,1\n${blanks}A,two,2\nA,three,3${blanks}\nA,four,4\n`,
      { size },
    );
    t.same(rows, ["3 A|one|1", "4 A|two|2", "6 A|four|4"], `chunks of ${size}`);
    t.same(refused, ["5 - row_too_long"]);
  }
});

t.test("rows with other numbers of cells cost no error object each", async (t) => {
  let captured = 0;
  const { captureStackTrace } = Error;
  Error.captureStackTrace = (...given) => {
    captured += 1;
    captureStackTrace(...given);
  };
  t.teardown(() => {
    Error.captureStackTrace = captureStackTrace;
  });
  const { rows, refused } = await readVerdict(`${HEADER}x\n${"A,one,1\n".repeat(500)}${"A,1\n".repeat(500)}`);
  t.equal(rows.length, 500);
  t.equal(refused.length, 501);
  t.ok(captured < 10, `${captured} errors made`);
});

t.test("blank lines before a row whose name begins with a quote take nothing off its end", async (t) => {
  const { rows } = await readVerdict(`${HEADER}A,x,1\n\n\n\nBerlin,"""Dot""",12345\nA,y,3\n`);
  t.same(rows, ["2 A|x|1", '6 Berlin|"Dot"|12345', "7 A|y|3"]);
});
