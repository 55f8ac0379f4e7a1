import t from "tap";
import { readDate } from "../src/parse/read-date.ts";
import { layouts } from "./helpers.ts";

const months = layouts.find(({ name }) => name === "rechnung")?.months ?? new Map<string, number>();
const say = (text: string, dateOrder: "dmy" | "mdy" | "ymd" | null = null): string => {
  const reading = readDate(text, { months, dateOrder });
  if (reading.kind === "exact") return reading.date;
  return reading.kind === "ambiguous" ? reading.dates.join(" or ") : "bad_date";
};

t.test("dates that can only be meant in one way", async (t) => {
  for (const text of [
    "Mar 31 2018",
    "31 March 2018",
    "2018-03-31",
    "31-Mar-18",
    "March 31, 2018",
    "31st March, 2018",
    "Mar. 31 2018",
    "MARCH 31ST 2018",
    "31.03.2018",
    "31/03/2018",
    "03/31/2018",
    "2018/3/31",
    "2018.03.31",
    "2018 Mar 31",
    "Saturday, 31 March 2018",
    "31. März 2018",
    "31/Mar/2018",
    "31 Mar '18",
  ]) {
    t.equal(say(text), "2018-03-31", text);
  }
  t.equal(say("29 Feb 2020"), "2020-02-29");
  t.equal(say("04/04/2018"), "2018-04-04", "the same day either way");
});

t.test("a date in figures is ambiguous where both are months, unless the layout decides", async (t) => {
  t.equal(say("03/04/2018"), "2018-04-03 or 2018-03-04");
  t.equal(say("03.04.18"), "2018-04-03 or 2018-03-04 or 2003-04-18");
  t.equal(say("03/04/2018", "dmy"), "2018-04-03");
  t.equal(say("03/04/2018", "mdy"), "2018-03-04");
  t.equal(say("18/03/04", "ymd"), "2018-03-04");
});

t.test("a year of two digits in figures may stand at either end, unless the layout decides", async (t) => {
  t.equal(say("25-03-26"), "2026-03-25 or 2025-03-26");
  t.equal(say("20/04/21"), "2021-04-20 or 2020-04-21");
  t.equal(say("31/3/18"), "2018-03-31 or 2031-03-18");
  t.equal(say("31/3/18", "dmy"), "2018-03-31");
  t.equal(say("25-03-26", "ymd"), "2025-03-26");
  t.equal(say("12/12/12"), "2012-12-12", "the same day in every order");
  t.equal(say("99-01-02"), "2099-01-02", "the only order in which it is a day");
  t.equal(say("5/3/18"), "2018-03-05 or 2018-05-03", "one digit is no year");
});

t.test("what is no date is refused", async (t) => {
  for (const text of [
    "",
    "31 February 2018",
    "2018-13-01",
    "29 Feb 2019",
    "32/01/2018",
    "13/13/2018",
    "March 2018",
    "20180331",
    "2018-03-31T00:00:00Z",
    "31 Foo 2018",
    "1 2 3 4",
    "31 March 218",
    "31 Mar 2018 or later",
    "1/".repeat(50),
  ]) {
    t.equal(say(text), "bad_date", JSON.stringify(text));
  }
});
