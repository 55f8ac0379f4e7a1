import { mkdirSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import type t from "tap";
import { build } from "vite";
import { compressFiles } from "../../dashboard/tools/compress-files.ts";
import { startStack } from "../stack.ts";

/** A test, or whatever else cleans up behind itself. */
type Test = Pick<typeof t, "teardown">;

const DASHBOARD = join(import.meta.dirname, "../../dashboard");
const SCREENSHOTS = join(import.meta.dirname, "screenshots");
const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** The page as it is now, built into a directory of its own: test files run beside each other. */
const buildPage = async (t: Test): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), "stockwire-page-"));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  await build({ root: DASHBOARD, logLevel: "error", build: { outDir: directory, emptyOutDir: true } });
  compressFiles(directory);
  return directory;
};

/** Debian's Chromium, or the one in `CHROMIUM`. */
const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    // Root has no sandbox in a container; the page is our own.
    args: ["--no-sandbox"],
  });

/** The whole system with its page, and a browser to look at it. */
export const startBrowsing = async (t: Test, settings: Readonly<Record<string, string>> = {}) => {
  const [directory, browser] = await Promise.all([buildPage(t), launch()]);
  t.teardown(() => browser.close());
  const stack = await startStack({ DASHBOARD_DIR: directory, ...settings });
  t.teardown(stack.stop);
  /** Whatever a page complained about; a test that expects something takes it out. */
  const complaints: string[] = [];

  const open = async (address: string, options: BrowserContextOptions = {}): Promise<Page> => {
    const context = await browser.newContext({ locale: "en-GB", timezoneId: "Europe/Berlin", ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    await page.goto(address);
    return page;
  };

  return {
    stack,
    /** Where the built page lies. */
    directory,
    complaints,
    open,
    /** A page of the signed-in administrator. @param view like `#/stores/Berlin` */
    signedIn: async (view = "#/", options: BrowserContextOptions = {}, key = stack.apiKey): Promise<Page> => {
      const page = await open(`${stack.api}/#key=${encodeURIComponent(key)}`, options);
      await page.getByRole("heading", { level: 1 }).first().waitFor();
      if (view !== "#/") await page.goto(`${stack.api}/${view}`);
      return page;
    },
  };
};

/** Keeps what the page looks like, for people to look at after the run. */
export const keepScreenshot = async (page: Page, name: string): Promise<void> => {
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
};

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** What axe-core finds wrong with the page as it stands, in words. */
export const violations = async (page: Page): Promise<string[]> => {
  // Evaluated by the debugger's protocol, so the page's own policy on scripts stays as it is.
  await page.evaluate(await readFile(AXE, "utf8"));
  const found = await page.evaluate<Violation[]>("axe.run().then(({ violations }) => violations)");
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary ?? ""}`),
  );
};
