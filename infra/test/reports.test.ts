import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type ReportTableDeclaration, topology } from "@stockwire/contracts/topology";
import t from "tap";
import { rightsOfGroups } from "../../services/upload-api/src/access/groups.ts";
import { dev, prod } from "../lib/parameters.ts";
import { buildEnvironment, type Loose, resourcesOf, written } from "./helpers.ts";

const { reports, services, dashboard } = buildEnvironment(prod).templates;

for (const [name, declared] of Object.entries<ReportTableDeclaration>(topology.reportTables)) {
  t.test(`table ${name} is what the worker writes`, async (t) => {
    const tables = resourcesOf(reports, "AWS::Glue::Table").map(
      ([, { Properties }]) => Properties.TableInput,
    );
    const [table] = tables.filter(({ Name }) => Name === name);
    const location = `s3://stockwire-prod-${declared.bucket}-<AWS::AccountId>-<AWS::Region>/${declared.prefix}`;
    t.equal(written(table.StorageDescriptor.Location), location);
    t.same(
      table.StorageDescriptor.Columns,
      declared.columns.map((column) => ({ Name: column, Type: "string" })),
    );
    t.same(table.PartitionKeys, [{ Name: declared.partition.column, Type: "string" }]);
    t.match(table.StorageDescriptor.SerdeInfo, {
      SerializationLibrary: "org.apache.hadoop.hive.serde2.OpenCSVSerde",
      Parameters: { separatorChar: ",", quoteChar: '"' },
    });
    const { "storage.location.template": template, ...parameters } = table.Parameters;
    t.equal(written(template), `${location}dt=\${dt}/`);
    t.match(parameters, {
      "skip.header.line.count": "1",
      "projection.enabled": "true",
      "projection.dt.type": "date",
      "projection.dt.format": "yyyy-MM-dd",
      "projection.dt.range": declared.partition.range.join(","),
      "projection.dt.interval": "1",
      "projection.dt.interval.unit": "DAYS",
    });
  });
}

t.test("the workgroup cannot be got round and limits what a query reads", async (t) => {
  const [[, { Properties }]] = resourcesOf(reports, "AWS::Athena::WorkGroup") as [[string, Loose]];
  const configuration = Properties.WorkGroupConfiguration;
  t.equal(configuration.EnforceWorkGroupConfiguration, true);
  t.equal(configuration.BytesScannedCutoffPerQuery, prod.reports.scanLimitBytes);
  t.equal(
    written(configuration.ResultConfiguration.OutputLocation),
    "s3://stockwire-prod-reports-<AWS::AccountId>-<AWS::Region>/",
  );
  reports.hasResourceProperties("AWS::S3::Bucket", {
    LifecycleConfiguration: {
      Rules: [{ Id: "abort-incomplete-uploads" }, { Id: "expire", ExpirationInDays: 7 }],
    },
  });
});

t.test("the named query is the one that the API runs", async (t) => {
  const [[, { Properties }]] = resourcesOf(reports, "AWS::Athena::NamedQuery") as [[string, Loose]];
  const file = join(import.meta.dirname, "../../services/upload-api/src/reports/expenses.sql");
  t.equal(Properties.QueryString, readFileSync(file, "utf8"));
  const [[, workgroup]] = resourcesOf(reports, "AWS::Athena::WorkGroup") as [[string, Loose]];
  const [[, database]] = resourcesOf(reports, "AWS::Glue::Database") as [[string, Loose]];
  const api = JSON.stringify(resourcesOf(services, "AWS::ECS::TaskDefinition"));
  t.match(api, `{"Name":"ATHENA_WORKGROUP","Value":"${workgroup.Properties.Name}"}`);
  t.match(api, `{"Name":"ATHENA_DATABASE","Value":"${database.Properties.DatabaseInput.Name}"}`);
});

t.test("the dashboard's files are read by CloudFront alone, and people are invited", async (t) => {
  dashboard.resourceCountIs("AWS::CloudFront::OriginAccessControl", 1);
  dashboard.hasResourceProperties("AWS::CloudFront::Distribution", {
    DistributionConfig: { DefaultCacheBehavior: { ViewerProtocolPolicy: "redirect-to-https" } },
  });
  const [[, headers]] = resourcesOf(dashboard, "AWS::CloudFront::ResponseHeadersPolicy") as [[string, Loose]];
  const policy = written(
    headers.Properties.ResponseHeadersPolicyConfig.SecurityHeadersConfig.ContentSecurityPolicy
      .ContentSecurityPolicy,
  );
  t.match(policy, "script-src 'self'");
  t.notMatch(policy, "unsafe");
  const [connects = ""] = /connect-src [^;]*/.exec(policy) ?? [];
  t.same(connects.split(" "), [
    ...["connect-src", "'self'", "<ApiAddress>"],
    ...["inventory", "invoice-txt-src"].map(
      (name) =>
        `https://stockwire-prod-${name}-<AWS::AccountId>-<AWS::Region>.s3.<AWS::Region>.<AWS::URLSuffix>`,
    ),
    "https://stockwire-prod-dashboard-<AWS::AccountId>.auth.<AWS::Region>.amazoncognito.com",
    "https://cognito-idp.<AWS::Region>.<AWS::URLSuffix>",
  ]);
  dashboard.hasResourceProperties("AWS::Cognito::UserPool", {
    AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
    MfaConfiguration: "ON",
  });
  dashboard.hasResourceProperties("AWS::Cognito::UserPoolClient", {
    GenerateSecret: false,
    AllowedOAuthFlows: ["code"],
  });
  t.same(
    resourcesOf(dashboard, "AWS::Cognito::UserPoolGroup")
      .map(([, { Properties }]) => Properties.GroupName)
      .sort(),
    ["admin", "all-stores", "read", "upload"],
  );
  const rights = rightsOfGroups(["all-stores", "upload"]);
  t.same([rights.stores, [...rights.scopes]], ["all", ["upload"]], "the API knows them by these names");
});

t.test("the page's assets stay for ever, and what names them is asked for again", async (t) => {
  const deployments = resourcesOf(dashboard, "Custom::CDKBucketDeployment").map(
    ([, { Properties }]) => Properties,
  );
  t.equal(deployments.length, 2);
  const [assets, entry] = deployments;
  t.same(assets.SystemMetadata, { "cache-control": "public, max-age=31536000, immutable" });
  t.equal(assets.Prune, false, "a page that is open may still ask for the files of its time");
  t.equal(assets.DistributionPaths, undefined);
  t.same(entry.SystemMetadata, { "cache-control": "no-cache" });
  t.same(entry.DistributionPaths, ["/*"]);
  t.equal(entry.SourceObjectKeys.length, 2, "the page and its config.json");
});

t.test("the page is told of sign-in only where the API takes people's tokens", async (t) => {
  const isTold = (template: typeof dashboard): boolean =>
    resourcesOf(template, "Custom::CDKBucketDeployment").some(([, { Properties }]) =>
      JSON.stringify(Properties.SourceMarkers ?? []).includes("SignIn"),
    );
  t.notOk(isTold(dashboard), "prod has no way out to Cognito");
  t.ok(isTold(buildEnvironment(dev).templates.dashboard));
});
