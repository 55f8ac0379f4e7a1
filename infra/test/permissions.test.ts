import t from "tap";
import { dev } from "../lib/parameters.ts";
import { type ServiceName, serviceNames, services } from "../lib/service-catalogue.ts";
import { callsIn, callsOf } from "./aws-calls.ts";
import { buildEnvironment, type Loose, resourcesOf, written } from "./helpers.ts";
import { actionsOf } from "./iam-actions.ts";

const { templates } = buildEnvironment(dev);

interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
}

/** What a service's tasks may do: the policies of their role as they stand in the template. */
const policyOf = (service: ServiceName): Statement[] => {
  const roles = resourcesOf(templates.services, "AWS::IAM::Role").filter(([id]) =>
    id.startsWith(`${service.replace("-", "")}TaskRole`),
  );
  t.equal(roles.length, 1);
  const [, role] = roles[0] as (typeof roles)[0];
  t.equal(role.Properties.ManagedPolicyArns, undefined);
  return role.Properties.Policies.flatMap((policy: Loose) => policy.PolicyDocument.Statement);
};

const list = <Value>(value: Value | Value[]): Value[] => (Array.isArray(value) ? value : [value]);

t.test("no policy of a task is attached besides its role's own", async (t) => {
  for (const [id, policy] of resourcesOf(templates.services, "AWS::IAM::Policy")) {
    t.match(id, /ExecutionRoleDefaultPolicy/, written(policy.Properties.PolicyName));
  }
});

for (const service of serviceNames) {
  t.test(`${service}: exactly the permissions that its calls take`, async (t) => {
    const calls = callsOf(service);
    t.ok(calls.size > 5, "the code was read");
    const needed = new Set(
      [...calls].flatMap((call) => {
        const actions = actionsOf(service)[call];
        if (!actions) t.fail(`nobody has written down which permissions ${call} takes`);
        return actions ?? [];
      }),
    );
    const granted = new Set(policyOf(service).flatMap(({ Action }) => list(Action)));
    t.same(
      [...needed].filter((action) => !granted.has(action)),
      [],
      "none is missing",
    );
    t.same(
      [...granted].filter((action) => !needed.has(action)),
      [],
      "none is too many",
    );
    t.notOk(
      [...granted].some((action) => action.includes("*")),
      "no action has a star",
    );
  });

  t.test(`${service}: on exactly the resources that it is told of`, async (t) => {
    const { needs } = services[service] as { needs: Record<string, readonly string[]> };
    const bucket = (name: string) =>
      `arn:<AWS::Partition>:s3:::stockwire-dev-${name}-<AWS::AccountId>-<AWS::Region>`;
    const arn = (kind: string, name: string) =>
      `arn:<AWS::Partition>:${kind}:<AWS::Region>:<AWS::AccountId>:${name}`;
    const told = [
      ...(needs.buckets ?? []).map(bucket),
      ...(needs.queues ?? []).map((name) => arn("sqs", `stockwire-dev-${name}`)),
      ...(needs.topics ?? []).map((name) => arn("sns", `stockwire-dev-${name}`)),
      ...(needs.tables ?? []).map((name) => arn("dynamodb", `table/stockwire-dev-${name}`)),
    ];
    const besides =
      service === "upload-api"
        ? [bucket("reports"), arn("athena", "workgroup/stockwire-dev-reports"), arn("glue", "catalog")]
        : [arn("ecs", "task/stockwire-dev-services")];
    const owners = policyOf(service)
      .flatMap(({ Resource }) => list(Resource).map(written))
      .map((resource) => resource.replace(/\/\*$/, "").replace(/\/index\/\w+$/, ""))
      .filter(
        (resource) =>
          !/:(database|table)\/stockwire_dev/.test(resource) &&
          !resource.includes(":kms:") &&
          resource !== arn("sns", "*"),
      );
    const used = new Set(owners.filter((owner) => !owner.startsWith("<")));
    t.same([...used].sort(), [...told, ...besides].sort());
  });
}

t.test("the reader of the code finds what it is meant to find", async (t) => {
  const source = `
    import type { PutObjectCommand } from "@aws-sdk/client-s3";
    import { DeleteObjectCommand, type GetObjectCommand, HeadObjectCommand as Head, S3Client } from "@aws-sdk/client-s3";
    import { paginateScan } from "@aws-sdk/lib-dynamodb";
    import { Consumer } from "sqs-consumer";
    import t from "tap";`;
  t.same(callsIn(source), [
    "client-s3/DeleteObjectCommand",
    "client-s3/HeadObjectCommand",
    "lib-dynamodb/paginateScan",
    "sqs-consumer/Consumer",
  ]);
  t.ok(callsOf("invoice-worker").has("client-s3/CopyObjectCommand"));
  t.ok(callsOf("ingest-worker").has("client-sqs/DeleteMessageBatchCommand"), "through the shared packages");
  t.notOk(callsOf("upload-api").has("sqs-consumer/Consumer"), "and only what the service itself uses");
});
