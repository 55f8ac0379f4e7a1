import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AwsSolutionsChecks } from "cdk-nag";
import t from "tap";
import { environments } from "../lib/parameters.ts";
import { buildEnvironment, STACKS } from "./helpers.ts";

const SNAPSHOTS = join(import.meta.dirname, "snapshots");
const isUpdate = process.env.UPDATE_SNAPSHOTS === "1";

/** Hashes of images change with every line of code, and say nothing about the infrastructure. */
const neutral = (template: object): string =>
  `${JSON.stringify(template, null, 1).replaceAll(/[0-9a-f]{64}/g, "<hash>")}\n`;

for (const parameters of environments) {
  const { app, stacks, templates } = buildEnvironment(parameters);

  t.test(`${parameters.name}: no warnings`, async (t) => {
    const { stacks: artifacts, directory } = app.synth();
    for (const { id, messages } of artifacts) t.same(messages, [], id);
    const { pluginReports } = JSON.parse(readFileSync(join(directory, "validation-report.json"), "utf8"));
    t.same(pluginReports, [], "neither from CloudFormation's own rules");
  });

  t.test(`${parameters.name}: needs no account, no region and no look-up`, async (t) => {
    for (const stack of Object.values(stacks))
      t.equal(stack.environment, "aws://unknown-account/unknown-region");
    t.same(app.synth().manifest.missing ?? [], []);
  });

  t.test(`${parameters.name}: AwsSolutions has nothing to say`, async (t) => {
    const { success, violations } = new AwsSolutionsChecks(app).validateScope(app);
    t.same(violations, []);
    t.ok(success);
  });

  t.test(`${parameters.name}: every finding that stands has a reason`, async (t) => {
    for (const template of Object.values(templates)) {
      for (const [id, { Metadata }] of Object.entries<{
        Metadata?: { cdk_nag?: { rules_to_suppress: { id: string; reason: string }[] } };
      }>(template.toJSON().Resources)) {
        for (const { id: rule, reason } of Metadata?.cdk_nag?.rules_to_suppress ?? []) {
          t.ok(reason.length > 20, `${id}: ${rule}: ${reason}`);
        }
      }
    }
  });

  for (const name of STACKS) {
    t.test(`${parameters.name}-${name}: as it was (UPDATE_SNAPSHOTS=1 takes what is)`, async (t) => {
      const file = join(SNAPSHOTS, `${parameters.name}-${name}.snap`);
      const actual = neutral(templates[name].toJSON());
      if (isUpdate) {
        mkdirSync(SNAPSHOTS, { recursive: true });
        writeFileSync(file, actual);
      }
      t.equal(actual, readFileSync(file, "utf8"));
    });
  }
}
