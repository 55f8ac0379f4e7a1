import t from "tap";
import { createdObject } from "../src/bridges/created-object.ts";
import { nextSequencer } from "../src/bridges/object-event.ts";

const request = (method: string, key: string, rest: object = {}) => ({
  method,
  bucket: "inventory",
  key,
  query: {},
  headers: {},
  body: undefined,
  ...rest,
});

const form = (fields: string) => ({
  headers: { "content-type": "multipart/form-data; boundary=x" },
  body: Buffer.from(`--x\r\n${fields}\r\n--x--\r\n`),
});

t.test("which requests create an object", async (t) => {
  const how = (method: string, key: string, rest?: object, status = 200) =>
    createdObject(request(method, key, rest), status)?.how;
  t.equal(how("PUT", "a.csv"), "Put");
  t.equal(how("PUT", "a.csv", { headers: { "x-amz-copy-source": "/b/c" } }), "Copy");
  t.equal(how("POST", "a.csv", { query: { uploadId: "1" } }), "CompleteMultipartUpload");
  t.equal(how("PUT", "a.csv", { query: { uploadId: "1", partNumber: "1" } }), undefined, "a part");
  t.equal(how("POST", "a.csv", { query: { uploads: "" } }), undefined, "the start of a multipart upload");
  t.equal(how("PUT", "", { query: { lifecycle: "" } }), undefined, "a bucket's setting");
  t.equal(how("POST", "", { query: { delete: "" } }), undefined, "a deletion");
  t.equal(how("GET", "a.csv"), undefined);
  t.equal(how("DELETE", "a.csv"), undefined);
  t.equal(how("PUT", "a.csv", {}, 404), undefined, "a failure");
});

t.test("a browser's form names its key inside", async (t) => {
  const key = `Content-Disposition: form-data; name="key"\r\n\r\ndrop/\${filename}`;
  const file =
    'Content-Disposition: form-data; name="file"; filename="C:\\stock $& 1.csv"\r\n\r\nstore,item,count';
  t.same(createdObject(request("POST", "", form(`${key}\r\n--x\r\n${file}`)), 204), {
    bucket: "inventory",
    key: "drop/stock $& 1.csv",
    how: "Post",
  });
  t.equal(createdObject(request("POST", "", form(file)), 204), undefined);
});

t.test("sequencers grow", async (t) => {
  const sequencers = Array.from({ length: 1000 }, nextSequencer);
  t.same(sequencers, [...sequencers].sort());
  t.equal(new Set(sequencers).size, 1000);
  t.match(sequencers[0], /^[0-9A-F]{18}$/);
});
