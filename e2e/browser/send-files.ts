import type { Locator, Page } from "playwright-core";

/** What the tests of sending do with a page. */

/** Chooses files by their paths, as with the file dialogue. */
export const choose = (page: Page, ...paths: string[]) =>
  page.getByLabel("Choose files").setInputFiles(paths);
/** A file in the list of what the page sends. */
export const entryOf = (page: Page, name: string): Locator =>
  page.getByRole("listitem").filter({ has: page.getByRole("heading", { name, exact: true }) });
/** Opens the receipt of a file that the page has sent. */
export const receiptOf = (page: Page, name: string): Promise<void> =>
  entryOf(page, name)
    .getByRole("link", { name: /^Receipt/ })
    .click();
/** Sets how many bytes a second leave the browser; -1: as many as can. */
export const throttle = async (page: Page) => {
  const protocol = await page.context().newCDPSession(page);
  await protocol.send("Network.enable");
  return (bytesPerSecond: number) =>
    protocol.send("Network.emulateNetworkConditions", {
      offline: false,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput: bytesPerSecond,
    });
};

/** Ids of the uploads of files with a name. */
export const uploadsOf = async (
  stack: { readonly getJson: <Body>(path: string) => Promise<Body> },
  filename: string,
): Promise<readonly string[]> => {
  const { items } = await stack.getJson<{ items: { filename: string; uploadId: string }[] }>(
    "/v1/uploads?limit=100",
  );
  return items.filter((upload) => upload.filename === filename).map(({ uploadId }) => uploadId);
};
