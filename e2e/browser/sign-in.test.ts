import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import type { Page } from "playwright-core";
import t from "tap";
import { CLIENT_ID, startIssuer, USER_POOL_ID } from "../../services/upload-api/test/fake-issuer.ts";
import { startBrowsing } from "./browser.ts";

/**
 * The page beside a hosted sign-in that signs real tokens, and the page on another origin than the API's. The hosted page
 * itself is answered by the browser's own switchboard: nothing here reaches the network.
 */

const HOSTED = "https://people.example";
const issuer = await startIssuer(t);
/** The page from a host that knows nothing but files, as CloudFront's does. */
const site = createServer(async ({ url = "/" }, response) => {
  const name = new URL(url, "http://site").pathname.slice(1) || "index.html";
  if (name === "config.json") {
    response
      .setHeader("content-type", "application/json")
      .end(JSON.stringify({ api: stack.api, signIn: null }));
    return;
  }
  // No such file: answered below.
  const content = await readFile(join(directory, name)).catch(() => undefined);
  if (content === undefined) response.writeHead(404).end();
  else response.setHeader("content-type", TYPES[extname(name)] ?? "text/plain").end(content);
});
const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};
site.listen(0, "127.0.0.1");
await once(site, "listening");
t.teardown(() => site.close());
const origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;

const { stack, open, complaints, directory } = await startBrowsing(t, {
  COGNITO_USER_POOL_ID: USER_POOL_ID,
  COGNITO_CLIENT_ID: CLIENT_ID,
  COGNITO_JWKS: JSON.stringify(issuer.keys()),
  COGNITO_DOMAIN: HOSTED,
  CORS_ORIGINS: origin,
});
await stack.ended(await stack.send("store,item,count\nOslo,Lamp,3\nRome,Lamp,2"));

/** Stands for the hosted page: whoever comes is signed in at once. @returns what its token route was sent */
const standInForHosted = async (page: Page, groups: readonly string[]): Promise<URLSearchParams[]> => {
  const exchanges: URLSearchParams[] = [];
  await page.route(`${HOSTED}/**`, async (route) => {
    const asked = new URL(route.request().url());
    if (asked.pathname === "/oauth2/token") {
      if (route.request().method() === "OPTIONS") return route.fulfill({ status: 204, headers: CORS });
      exchanges.push(new URLSearchParams(route.request().postData() ?? ""));
      const tokens = {
        access_token: issuer.sign({ "cognito:groups": groups }),
        token_type: "Bearer",
        expires_in: 3_600,
        refresh_token: "once more",
      };
      return route.fulfill({ json: tokens, headers: CORS });
    }
    const back = new URL(
      asked.searchParams.get("redirect_uri") ?? asked.searchParams.get("logout_uri") ?? "",
    );
    if (asked.pathname === "/oauth2/authorize") {
      back.search = new URLSearchParams({
        code: "a code",
        state: asked.searchParams.get("state") ?? "",
      }).toString();
    }
    return route.fulfill({ status: 302, headers: { location: back.href } });
  });
  return exchanges;
};
const CORS = { "access-control-allow-origin": "*", "access-control-allow-headers": "*" };

t.test("a person signs in on the hosted page and comes back to the view that was asked for", async (t) => {
  const page = await open(`${stack.api}/#/stores/Oslo`);
  const exchanges = await standInForHosted(page, ["read", "store:Oslo"]);
  await page.getByRole("button", { name: "Sign in with your account" }).click();
  await page.getByRole("heading", { name: "Oslo" }).waitFor();
  await page.getByRole("row").filter({ hasText: "Lamp" }).waitFor();
  t.equal(exchanges[0]?.get("grant_type"), "authorization_code");
  t.match(exchanges[0]?.get("code_verifier"), /^[\w-]{43,}$/, "with the proof key");
  t.notMatch(page.url(), /code|state/, "nothing of it stays in the address");
  t.equal(
    await page.getByRole("link", { name: "Invoices" }).count(),
    0,
    "what a person may not see is not offered",
  );
  await page.getByRole("link", { name: "Stock", exact: true }).click();
  await page.getByRole("link", { name: /^Oslo/ }).waitFor();
  t.equal(await page.getByRole("link", { name: /^Rome/ }).count(), 0);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("button", { name: "Sign in with your account" }).waitFor();
  t.equal(await page.evaluate("sessionStorage.length"), 0);
  await page.context().close();
});

t.test("a token that is about to end is renewed without anybody noticing", async (t) => {
  const page = await open(stack.api);
  const exchanges = await standInForHosted(page, ["read", "all-stores"]);
  const ending = {
    kind: "person",
    accessToken: issuer.sign({ "cognito:groups": ["read", "all-stores"] }),
    refreshToken: "the first",
    expiresAt: Date.now() + 1_000,
  };
  const stored = JSON.stringify(JSON.stringify(ending));
  await page.evaluate(`sessionStorage.setItem("stockwire.credential", ${stored})`);
  await page.reload();
  await page.getByRole("link", { name: /^Rome/ }).waitFor();
  t.match(Object.fromEntries(exchanges[0] ?? []), {
    grant_type: "refresh_token",
    refresh_token: "the first",
  });
  t.equal(exchanges.length, 1, "once for all requests");
  await page.context().close();
});

t.test("a foreign answer to a sign-in that nobody began is refused in words", async (t) => {
  const page = await open(`${stack.api}/?code=stolen&state=guessed`);
  await page.getByRole("alert").getByText("not begun in this tab").waitFor();
  t.notMatch(page.url(), /stolen/);
  await page.context().close();
});

t.test("as a static site the page works against the API's own address", async (t) => {
  const page = await open(`${origin}/#key=${encodeURIComponent(stack.apiKey)}`);
  await page.getByRole("link", { name: /^Oslo/ }).waitFor();
  await page.getByText("Live", { exact: true }).waitFor();
  await page.goto(`${origin}/#/stores/Oslo`);
  await page.getByRole("row").filter({ hasText: "Lamp" }).waitFor();
  await stack.send("store,item,count\nOslo,Lamp,0");
  await page.getByRole("row").filter({ hasText: "Lamp" }).getByText("Out of stock").waitFor();
  await page.goto(`${origin}/#/send`);
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Choose files" }).click();
  const content = Buffer.from("store,item,count\nOslo,Lamp,8");
  await (await chooser).setFiles({ name: "oslo.csv", mimeType: "text/csv", buffer: content });
  await page.getByText("The row was loaded.").waitFor();
  t.equal((await stack.stock("Oslo")).get("Lamp")?.count, 8);
  await page.context().close();
});

t.test("nobody complained", async (t) => {
  t.same(complaints, []);
});
