import { createConfig, lintFromString } from "@redocly/openapi-core";
import t from "tap";
import { fetch, startApiWithoutCloud } from "./helpers.ts";

/** Rules of the set `recommended` that do not hold here, each with the reason. */
const EXCEPTIONS = {} as const;

const api = await startApiWithoutCloud(t);

const lint = async (source: string): Promise<string[]> => {
  const config = await createConfig({ extends: ["recommended"], rules: EXCEPTIONS });
  const problems = await lintFromString({ source, absoluteRef: "openapi.json", config });
  return problems.map(
    ({ ruleId, message, location }) => `${ruleId}: ${message} (${location[0]?.pointer ?? "nowhere"})`,
  );
};

t.test("the OpenAPI document passes a linter, warnings included", async (t) => {
  const response = await fetch(`${api.url}/openapi.json`);
  t.match(response.headers.get("content-type"), /^application\/json/);
  t.same(await lint(await response.text()), []);
});

t.test("the linter finds what is wrong", async (t) => {
  const document = (await (await fetch(`${api.url}/openapi.json`)).json()) as {
    paths: Record<string, { post: { operationId?: string; responses: unknown } }>;
  };
  const inventory = document.paths["/v1/inventory"];
  if (!inventory) throw new Error("no such path");
  delete inventory.post.operationId;
  inventory.post.responses = { "20x": {} };
  const found = (await lint(JSON.stringify(document))).join("\n");
  t.match(found, /operation-operationId/);
  t.match(found, /20x/);
});
