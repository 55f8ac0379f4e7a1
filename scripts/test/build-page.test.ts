import t from "tap";
import { buildPage } from "../start/build-page.ts";
import { readOptions } from "../start/options.ts";
import { listServices } from "../start/services.ts";

t.test("a page that cannot be built is one line, and no reason not to start", async (t) => {
  const lines: string[] = [];
  const fails = () => Promise.reject(new Error("The page could not be built: error: main.tsx is broken."));
  t.equal(await buildPage((line) => lines.push(line), fails), undefined);
  t.same(lines, ["The page could not be built: error: main.tsx is broken. Starting without the dashboard."]);
  t.equal(
    await buildPage(
      (line) => lines.push(line),
      async () => "/dist",
    ),
    "/dist",
  );
  t.equal(lines.length, 1);
});

t.test("the API alone is told where the page lies", async (t) => {
  const told = (page?: string): (string | undefined)[] =>
    listServices(readOptions([], {}), page).map(({ environment }) => environment.DASHBOARD_DIR);
  t.same(told("/dist"), ["/dist", undefined, undefined, undefined]);
  t.same(told(), ["", undefined, undefined, undefined]);
});
