import t from "tap";
import { composeNotification } from "../src/compose-notification.ts";
import { gatherDigests } from "../src/gather-digests.ts";
import { readTransition, type Transition } from "../src/read-transition.ts";
import { change } from "./helpers.ts";

const transition = (item: string, store = "Berlin"): Transition => {
  const read = readTransition(JSON.stringify(change({ store, item, from: 1, to: 0 })));
  if (read === undefined) throw new Error("no transition");
  return read;
};

const gather = (maxPending: number, publish = async () => {}) => {
  const published: Transition[][] = [];
  const digests = gatherDigests({
    seconds: 15,
    maxPending,
    publish: async (transitions) => {
      published.push([...transitions]);
      await publish();
    },
  });
  return { digests, published };
};

t.test("a digest is split before SNS would refuse it, and every item stays in the attribute", async (t) => {
  const { digests, published } = gather(100_000);
  const names = Array.from({ length: 2_000 }, (_, index) => `${"ü".repeat(100)} "${index}"`);
  const joined = names.map((name) => digests.join(transition(name, "S".repeat(128)), 0));
  digests.hurry();
  await Promise.all(joined);
  t.ok(published.length > 1);
  t.same(
    published.flat().map(({ item }) => item),
    names,
    "each in exactly one",
  );
  for (const transitions of published) {
    const [first, ...rest] = transitions;
    const { message, items } = composeNotification([first as Transition, ...rest]);
    const attribute = Buffer.byteLength(JSON.stringify(items));
    t.ok(attribute <= 10_000, `${attribute} bytes of items`);
    t.ok(Buffer.byteLength(message) + attribute < 200_000);
    t.equal(items.length, transitions.length);
  }
});

t.test("no more wait than are allowed to", async (t) => {
  const { digests, published } = gather(4);
  await Promise.all(
    ["a", "b", "c", "d"].map((item, index) => digests.join(transition(item, `S${index % 2}`), 0)),
  );
  t.same(
    published.map((transitions) => transitions.map(({ item }) => item)),
    [
      ["a", "c"],
      ["b", "d"],
    ],
  );
  const more = ["e", "f"].map((item) => digests.join(transition(item), 0));
  t.equal(published.length, 2, "fewer wait on");
  digests.hurry();
  await Promise.all(more);
  t.equal(published.length, 3);
});

t.test("a digest goes out while the shortest of its claims holds", async (t) => {
  const published: number[] = [];
  const digests = gatherDigests({
    seconds: 15,
    maxPending: 3,
    publish: async (_transitions, publishBy) => {
      published.push(publishBy);
    },
  });
  await Promise.all(
    [30, 10, 20].map((publishBy) => digests.join(transition(`Item ${publishBy}`), publishBy)),
  );
  t.same(published, [10]);
});

t.test("a digest that cannot be published fails each of its messages", async (t) => {
  const { digests } = gather(2, async () => {
    throw new Error("SNS is away");
  });
  const results = await Promise.allSettled([
    digests.join(transition("a"), 0),
    digests.join(transition("b"), 0),
  ]);
  t.same(
    results.map(({ status }) => status),
    ["rejected", "rejected"],
  );
});

t.test("a character that SNS refuses does not spoil a digest", async (t) => {
  const { message, items, store } = composeNotification([transition("a\uffffb", "X\ud800"), transition("c")]);
  t.equal(message, "X\ufffd is out of stock of a\ufffdb\nBerlin is out of stock of c");
  t.same(items, ["a\ufffdb", "c"]);
  t.equal(store, "X\ufffd");
});
