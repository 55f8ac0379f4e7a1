import { createHash, randomBytes } from "node:crypto";
import t from "tap";
import { createSha256 } from "../src/send/sha256.ts";

const expected = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

t.test("agrees with the published digests (FIPS 180-4 examples)", async (t) => {
  const digests = {
    "": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    abc: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq:
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
  };
  for (const [text, digest] of Object.entries(digests)) {
    const hash = createSha256();
    hash.update(new TextEncoder().encode(text));
    t.equal(hash.hex(), digest);
  }
});

t.test("agrees with Node for every length around the ends of blocks", async (t) => {
  for (let length = 0; length <= 260; length++) {
    const bytes = randomBytes(length);
    const hash = createSha256();
    hash.update(bytes);
    if (hash.hex() !== expected(bytes)) t.fail(`differs for ${length} bytes`);
  }
});

t.test("does not care how the bytes are cut", async (t) => {
  const bytes = randomBytes(300_000);
  for (const cut of [1, 3, 63, 64, 65, 1_000, 65_536]) {
    const hash = createSha256();
    for (let at = 0; at < bytes.length; at += cut) hash.update(bytes.subarray(at, at + cut));
    t.equal(hash.hex(), expected(bytes), `pieces of ${cut}`);
  }
});

t.test("counts more than 512 MiB, whose bits need more than 32", async (t) => {
  const piece = randomBytes(8 * 1024 * 1024);
  const [ours, theirs] = [createSha256(), createHash("sha256")];
  for (let sent = 0; sent < 520; sent += 8) {
    ours.update(piece);
    theirs.update(piece);
  }
  t.equal(ours.hex(), theirs.digest("hex"));
});
