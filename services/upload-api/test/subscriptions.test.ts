import { ConfirmSubscriptionCommand, GetSubscriptionAttributesCommand } from "@aws-sdk/client-sns";
import t from "tap";
import type { Principal } from "../src/access/principal.ts";
import { faultOfEndpoint, type Protocol } from "../src/subscriptions/check-endpoint.ts";
import { readFilterPolicy, toFilterPolicy } from "../src/subscriptions/filter-policy.ts";
import { readSubscription } from "../src/subscriptions/read-subscription.ts";
import { maySee } from "../src/subscriptions/subscription-schema.ts";
import { fetch, problemOf, startApi } from "./helpers.ts";

const api = await startApi(t);
const topicArn = api.context.resources.topics.NoStock;

interface Subscription {
  subscriptionId: string;
  protocol: string;
  endpoint: string;
  stores?: string[] | null;
  kinds?: string[] | null;
  status: string;
}

const post = (body: unknown): Promise<Response> =>
  fetch(`${api.url}/v1/subscriptions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
const subscribe = async (body: unknown, status = 202): Promise<Subscription> => {
  const response = await post(body);
  if (response.status !== status) throw new Error(`${response.status} ${await response.text()}`);
  return (await response.json()) as Subscription;
};
const list = async (): Promise<Subscription[]> => {
  const response = await fetch(`${api.url}/v1/subscriptions`);
  if (response.status !== 200) throw new Error(await response.text());
  return ((await response.json()) as { items: Subscription[] }).items;
};
const remove = (id: string): Promise<Response> =>
  fetch(`${api.url}/v1/subscriptions/${id}`, { method: "DELETE" });
/** The emulator sends no letters; it takes the ARN for the token that would stand in one. */
const confirm = (id: string) =>
  api.sns.send(new ConfirmSubscriptionCommand({ TopicArn: topicArn, Token: `${topicArn}:${id}` }));
const attributesOf = async (id: string) =>
  (await api.sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn: `${topicArn}:${id}` })))
    .Attributes ?? {};

t.test("from asked to confirmed to gone", async (t) => {
  t.same(await list(), [], "queues that subscribe are not shown");
  const made = await subscribe({
    protocol: "email",
    endpoint: "stock@example.com",
    stores: ["Paris", " Berlin "],
    kinds: ["out", "low"],
  });
  const expected = {
    subscriptionId: made.subscriptionId,
    protocol: "email",
    endpoint: "stock@example.com",
    stores: ["Berlin", "Paris"],
    kinds: ["low", "out"],
  };
  t.same(made, { ...expected, status: "pending" });
  t.same(await list(), [{ ...expected, status: "pending" }]);
  t.match(await attributesOf(made.subscriptionId), {
    FilterPolicyScope: "MessageAttributes",
    FilterPolicy: '{"store":["Berlin","Paris"],"kind":["low","out"]}',
  });
  await confirm(made.subscriptionId);
  t.same(await list(), [{ ...expected, status: "confirmed" }]);
  t.equal((await remove(made.subscriptionId)).status, 204);
  t.same(await list(), []);
  t.match(await problemOf(await remove(made.subscriptionId)), {
    status: 404,
    code: "subscription_not_found",
  });
});

t.test("without stores and kinds everything is heard of", async (t) => {
  const phone = await subscribe({ protocol: "sms", endpoint: "+4915112345678" });
  t.match(phone, { stores: null, kinds: null });
  t.equal((await attributesOf(phone.subscriptionId)).FilterPolicy, undefined);
  const url = { protocol: "https", endpoint: "https://hooks.example.com/alerts?token=1" };
  t.match(await subscribe({ ...url, stores: null, kinds: ["out", "back", "low"] }), { kinds: null });
  for (const { subscriptionId } of await list()) await remove(subscriptionId);
});

t.test("the same endpoint again is the same subscription, with what was asked for last", async (t) => {
  const who = { protocol: "email", endpoint: "again@example.com" };
  const { subscriptionId } = await subscribe({ ...who, stores: ["Berlin"] });
  await confirm(subscriptionId);
  t.match(await subscribe({ ...who, stores: ["Berlin"] }, 201), { subscriptionId, status: "confirmed" });
  t.match(await subscribe({ ...who, kinds: ["out"] }, 201), { subscriptionId, stores: null, kinds: ["out"] });
  t.match(await list(), [{ subscriptionId, stores: null, kinds: ["out"] }]);
  t.match(await subscribe(who, 201), { subscriptionId, stores: null, kinds: null });
  t.match(await list(), [{ subscriptionId, stores: null, kinds: null }]);
  t.match(
    await subscribe(who, 201),
    { subscriptionId, kinds: null },
    "whatever SNS keeps of a policy of nothing",
  );
  await remove(subscriptionId);
});

t.test("more than one page of subscriptions", { timeout: 60_000 }, async (t) => {
  for (let n = 0; n < 105; n += 1) await subscribe({ protocol: "email", endpoint: `n${n}@example.com` });
  const seen: Subscription[] = [];
  let pages = 0;
  for (let cursor: string | undefined = ""; cursor !== undefined; pages += 1) {
    const query: string = cursor === "" ? "" : `?cursor=${cursor}`;
    const response = await fetch(`${api.url}/v1/subscriptions${query}`);
    const page = (await response.json()) as { items: Subscription[]; cursor?: string };
    seen.push(...page.items);
    cursor = page.cursor;
  }
  t.equal(pages, 2);
  t.equal(new Set(seen.map(({ endpoint }) => endpoint)).size, 105);
  const last = await subscribe({ protocol: "email", endpoint: seen[104]?.endpoint, stores: ["Berlin"] });
  t.equal(last.subscriptionId, seen[104]?.subscriptionId, "found on the second page");
  t.match(await problemOf(await fetch(`${api.url}/v1/subscriptions?cursor=e30`)), { code: "invalid_cursor" });
});

t.test("what is refused", async (t) => {
  const refused = async (body: unknown) => problemOf(await post(body));
  const invalid = { status: 400, code: "invalid_request" };
  const mail = { protocol: "email", endpoint: "a@example.com" };
  for (const body of [
    { ...mail, protocol: "sqs" },
    { ...mail, endpoint: "nobody" },
    { ...mail, stores: [] },
    { ...mail, stores: [" "] },
    { ...mail, stores: ["Berlin", "Berlin"] },
    { ...mail, stores: "Berlin" },
    { ...mail, kinds: ["gone"] },
    { ...mail, kinds: ["out", "low"], stores: Array.from({ length: 76 }, (_, n) => `Store ${n}`) },
    { ...mail, more: 1 },
    { protocol: "email" },
  ]) {
    t.match(await refused(body), invalid, JSON.stringify(body));
  }
  const queue = (await api.context.subscriptions.get("00000000-0000-4000-8000-000000000000")) ?? "none";
  t.equal(queue, "none");
  for (const id of ["00000000-0000-4000-8000-000000000000", "x", "%2F", "PendingConfirmation"]) {
    t.match(await problemOf(await remove(id)), { status: 404, code: "subscription_not_found" }, id);
  }
});

t.test("endpoints that can be, and those that cannot", async (t) => {
  const good: [Protocol, string][] = [
    ["email", "a.b+c@sub.example.co"],
    ["sms", "+12025550123"],
    ["https", "https://example.com"],
    ["https", "https://example.com:8443/a?b=c"],
    ["https", "https://93.184.216.34/"],
    ["https", "https://[2606:4700::1111]/"],
  ];
  for (const [protocol, endpoint] of good) t.equal(faultOfEndpoint(protocol, endpoint), undefined, endpoint);
  const bad: [Protocol, string][] = [
    ["email", "a@b"],
    ["email", "a b@example.com"],
    ["email", "a@example.com\r\nbcc: b@example.com"],
    ["email", "a@example.com,b@example.com"],
    ["email", `${"x".repeat(65)}@example.com`],
    ["sms", "015112345678"],
    ["sms", "+0151"],
    ["sms", "+49 151 12345678"],
    ["https", "http://example.com"],
    ["https", "https://user:secret@example.com"],
    ["https", "https://example.com/#a"],
    ["https", " https://example.com"],
    ["https", "https://"],
  ];
  const inside = [
    "localhost",
    "localhost.",
    "LOCALHOST",
    "host",
    "db.internal",
    "printer.local",
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f.0.0.1",
    "10.1.2.3",
    "172.31.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "255.255.255.255",
    "[::1]",
    "[::]",
    "[fe80::1]",
    "[fd00::1]",
    "[::ffff:127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
  ].map((host): [Protocol, string] => ["https", `https://${host}/`]);
  for (const [protocol, endpoint] of [...bad, ...inside]) {
    t.ok(faultOfEndpoint(protocol, endpoint), endpoint);
  }
});

t.test("a policy that somebody else wrote is not taken for ours", async (t) => {
  const filter = { stores: ["b", "a"], kinds: undefined };
  t.same(readFilterPolicy(toFilterPolicy(filter)), { stores: ["a", "b"], kinds: undefined });
  t.same(readFilterPolicy(undefined), { stores: undefined, kinds: undefined });
  t.equal(readFilterPolicy('{"store":[{"prefix":"B"}]}'), undefined);
  t.equal(readFilterPolicy('{"item":["a"]}'), undefined);
});

t.test("a caller of one store makes and sees that store's subscriptions only", async (t) => {
  const berlin: Principal = { id: "b", stores: ["Berlin"], scopes: new Set(["admin"]) };
  const mail = { protocol: "email", endpoint: "a@example.com" } as const;
  t.same(readSubscription(berlin, mail).filter.stores, ["Berlin"], "without stores, its own");
  t.same(readSubscription(berlin, { ...mail, stores: ["Berlin"] }).filter.stores, ["Berlin"]);
  t.throws(() => readSubscription(berlin, { ...mail, stores: ["Berlin", "Paris"] }), {
    code: "store_not_found",
  });
  const standing = (stores: string[] | undefined) => ({
    ...mail,
    id: "1",
    confirmed: true,
    filter: { stores, kinds: undefined },
  });
  t.ok(maySee(berlin, standing(["Berlin"])));
  t.notOk(maySee(berlin, standing(["Berlin", "Paris"])));
  t.notOk(maySee(berlin, standing(undefined)), "one that hears of every store");
  t.notOk(maySee(berlin, { ...standing([]), filter: undefined }), "nor one of which that is not known");
});
