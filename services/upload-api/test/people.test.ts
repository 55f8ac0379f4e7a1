import { ConfigError } from "@stockwire/service-kit/config";
import t from "tap";
import { rightsOfGroups } from "../src/access/groups.ts";
import { peopleOf } from "../src/access/people.ts";
import { apiWithPeople, CLIENT_ID, startIssuer, USER_POOL_ID } from "./fake-issuer.ts";
import { problemOf, startApi } from "./helpers.ts";

const api = await startApi(t);

const ask = (url: string, token: string, path = "/v1/stores"): Promise<Response> =>
  globalThis.fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } });
const codeOf = async (url: string, token: string, path?: string): Promise<string> => {
  const response = await ask(url, token, path);
  return response.status === 200 ? "200" : `${response.status} ${(await problemOf(response)).code}`;
};

const reader = { "cognito:groups": ["read", "all-stores"] };

t.test("a person of the user pool is let in, for what the groups allow", async (t) => {
  const issuer = await startIssuer(t);
  const url = await apiWithPeople(t, api, issuer);
  t.equal(await codeOf(url, issuer.sign(reader)), "200");
  t.equal(await codeOf(url, issuer.sign({ "cognito:groups": ["upload"] })), "403 forbidden");
  t.equal(await codeOf(url, issuer.sign()), "403 forbidden", "no group, no right");
  t.equal(await codeOf(url, issuer.sign(reader), "/v1/invoices"), "200");
  const ofBerlin = { "cognito:groups": ["read", "store:Berlin"] };
  t.equal(await codeOf(url, issuer.sign(ofBerlin), "/v1/invoices"), "403 forbidden");
  t.equal(issuer.asked(), 1, "the keys are fetched once");
});

t.test("what the issuer did not sign for this client and use is refused", async (t) => {
  const issuer = await startIssuer(t);
  const url = await apiWithPeople(t, api, issuer);
  const now = Math.floor(Date.now() / 1000);
  const unsigned = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${issuer.sign(reader).split(".")[1]}.`;
  const tampered = issuer.sign({ "cognito:groups": [] }).split(".");
  tampered[1] = issuer.sign({ "cognito:groups": ["admin"] }).split(".")[1] ?? "";
  for (const [what, token, code] of [
    ["expired", issuer.sign({ ...reader, exp: now - 1 }), "expired_token"],
    ["expired and forged", issuer.forge({ ...reader, exp: now - 1 }), "invalid_token"],
    ["not yet valid", issuer.sign({ ...reader, nbf: now + 60 }), "invalid_token"],
    ["another client's", issuer.sign({ ...reader, client_id: "foreign" }), "invalid_token"],
    ["another issuer's", issuer.sign({ ...reader, iss: "https://evil.example" }), "invalid_token"],
    ["an ID token", issuer.sign({ ...reader, token_use: "id", aud: CLIENT_ID }), "invalid_token"],
    ["signed with another key", issuer.forge(reader), "invalid_token"],
    ["not signed", unsigned, "invalid_token"],
    ["alg none in the header", issuer.sign(reader, { alg: "none" }), "invalid_token"],
    ["HS256 with the public key", issuer.confuse(), "invalid_token"],
    ["other claims under the signature", tampered.join("."), "invalid_token"],
    ["a key that nobody knows", issuer.sign(reader, { kid: "made-up" }), "invalid_token"],
    ["no token at all", "nonsense", "invalid_token"],
  ] as const) {
    t.equal(await codeOf(url, token), `401 ${code}`, what);
  }
  const { detail } = await problemOf(await ask(url, issuer.sign({ ...reader, client_id: "foreign" })));
  t.notMatch(detail, /foreign|client/, "how near it came is not said");
  const both = await globalThis.fetch(`${url}/v1/stores`, {
    headers: { authorization: `Bearer ${issuer.sign(reader)}`, "x-api-key": "sw_x" },
  });
  t.match(await problemOf(both), { status: 400, code: "invalid_request" });
});

t.test("when the issuer's key changes, new tokens are good at once and old ones no more", async (t) => {
  const issuer = await startIssuer(t);
  const url = await apiWithPeople(t, api, issuer);
  const old = issuer.sign(reader);
  t.equal(await codeOf(url, old), "200");
  issuer.rotate();
  t.equal(await codeOf(url, issuer.sign(reader)), "200");
  t.equal(issuer.asked(), 2);
  t.equal(await codeOf(url, old), "401 invalid_token");
});

t.test(
  "an issuer that does not answer lets nobody in, and nobody is told that the token is wrong",
  async (t) => {
    const issuer = await startIssuer(t);
    const url = await apiWithPeople(t, api, issuer);
    issuer.goDown();
    t.equal(await codeOf(url, issuer.sign(reader)), "503 unavailable");
  },
);

t.test("keys that are known beforehand need no fetching, and others are an outage, not a yes", async (t) => {
  const issuer = await startIssuer(t);
  const COGNITO_JWKS = JSON.stringify(issuer.keys());
  const pool = { COGNITO_USER_POOL_ID: USER_POOL_ID, COGNITO_CLIENT_ID: CLIENT_ID };
  const check = peopleOf({ ...pool, COGNITO_JWKS });
  t.match(await check(issuer.sign(reader)), { id: "user:0a1b2c3d" });
  t.equal(issuer.asked(), 0);
  for (const wrong of ["{", "{}", '{"keys":"none"}']) {
    t.throws(() => peopleOf({ ...pool, COGNITO_JWKS: wrong }), ConfigError, wrong);
  }
});

t.test("without a user pool no token is good", async (t) => {
  const issuer = await startIssuer(t);
  t.equal(await codeOf(api.url, issuer.sign(reader)), "401 invalid_token");
});

t.test("half a user pool is refused at the start", async (t) => {
  const settings = (COGNITO_USER_POOL_ID: string, COGNITO_CLIENT_ID: string) => () =>
    peopleOf({ COGNITO_USER_POOL_ID, COGNITO_CLIENT_ID, COGNITO_JWKS: "" });
  t.throws(settings(USER_POOL_ID, " , "), ConfigError);
  t.throws(settings("", CLIENT_ID), ConfigError);
  t.throws(settings("no-pool", CLIENT_ID), { name: "ConfigError", message: /COGNITO_USER_POOL_ID/ });
  t.doesNotThrow(settings(USER_POOL_ID, `${CLIENT_ID}, other`));
  t.doesNotThrow(settings("", ""));
});

t.test("groups become scopes and stores, and in doubt nothing", async (t) => {
  const rights = (...groups: string[]) => {
    const { stores, scopes } = rightsOfGroups(groups);
    return { stores, scopes: [...scopes] };
  };
  t.same(rights("upload", "store:Berlin"), { stores: ["Berlin"], scopes: ["upload"] });
  t.same(rights("read"), { stores: [], scopes: ["read"] }, "no store group: nothing");
  t.same(rights("read", "all-stores"), { stores: "all", scopes: ["read"] });
  t.same(rights("admin"), { stores: "all", scopes: ["upload", "read", "admin"] });
  t.same(rights("admin", "store:Berlin").stores, ["Berlin"]);
  t.same(
    rights("store:K%C3%B6ln", "store:Ko%CC%88ln", "store:%20K%C3%B6ln").stores,
    ["Köln"],
    "NFC, trimmed",
  );
  t.same(rights("store:", "store:%", "store:%0A", "store:%E2%80%8B").stores, []);
  t.same(rights("Admin", "administrators", "STORE:Berlin", "all").stores, []);
});
