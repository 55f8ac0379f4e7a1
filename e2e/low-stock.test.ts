import t from "tap";
import { startStack, until } from "./stack.ts";

const stack = await startStack();
t.teardown(stack.stop);

const setThresholds = async (store: string, body: object): Promise<{ changedLevels: number }> => {
  const response = await stack.ask(`/v1/stores/${store}/thresholds`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (response.status !== 200) throw new Error(await response.text());
  return (await response.json()) as { changedLevels: number };
};
const load = async (counts: Readonly<Record<string, number>>): Promise<void> => {
  const rows = Object.entries(counts).map(([item, count]) => `Oslo,${item},${count}`);
  t.match(await stack.ended(await stack.send(["store,item,count", ...rows].join("\n"))), {
    status: "loaded",
  });
};

t.test("staff hear once that an item is low, and nothing of a threshold that changed", async (t) => {
  await load({ Lamp: 9, Cable: 9, Plug: 9 });
  t.match(await setThresholds("Oslo", { default: 9 }), { changedLevels: 3 });
  t.equal((await stack.stock("Oslo")).get("Lamp")?.level, "low");
  t.match(await setThresholds("Oslo", { default: 5, items: { Plug: 1 } }), { changedLevels: 3 });

  await load({ Lamp: 5, Cable: 0, Plug: 5 });
  await load({ Lamp: 4, Cable: 3, Plug: 5 });
  const expected = [
    "Oslo has Cable back in stock: 3",
    "Oslo is low on Lamp: 5",
    "Oslo is out of stock of Cable",
  ];
  t.same((await stack.told(3)).toSorted(), expected);
  t.match(await setThresholds("Oslo", { default: 100 }), { changedLevels: 1 }, "the plugs are low now");

  // What comes after it has passed the same way, so nothing else is on its way any more.
  await load({ Plug: 0 });
  await stack.told(4);
  const alerts = await until(async () => {
    const { items } = await stack.getJson<{ items: { kind: string; item: string; publishedAt: string }[] }>(
      "/v1/alerts?store=Oslo",
    );
    return items.length >= 4 && items.every(({ publishedAt }) => publishedAt) ? items : undefined;
  }, "all alerts to be recorded");
  t.same(alerts.map(({ kind, item }) => `${kind} ${item}`).toSorted(), [
    "back Cable",
    "low Lamp",
    "out Cable",
    "out Plug",
  ]);
  t.equal(stack.inbox.flatMap(({ message }) => message.split("\n")).length, 4);
  const { items } = await stack.getJson<{ items: object[] }>("/v1/stores");
  t.match(items, [{ store: "Oslo", items: 3, outOfStock: 1, low: 2 }]);
});
