import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Aws, Stack } from "aws-cdk-lib";
import { CfnRuleGroupsNamespace, CfnWorkspace } from "aws-cdk-lib/aws-aps";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { Topic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import type { Names } from "../names.ts";

const RULES = join(import.meta.dirname, "../../../docker/prometheus/rules");

/** Amazon Managed Service for Prometheus with the very rules that Compose's Prometheus runs; it tells `operators`. */
export class PrometheusWorkspace extends Construct {
  readonly workspace: CfnWorkspace;

  constructor(scope: Construct, id: string, { names, operators }: { names: Names; operators: Topic }) {
    super(scope, id);
    const configuration = Stack.of(this).toJsonString({
      route: {
        receiver: "operators",
        group_by: ["alertname", "job"],
        group_wait: "30s",
        group_interval: "5m",
        repeat_interval: "12h",
      },
      receivers: [
        {
          name: "operators",
          sns_configs: [
            { topic_arn: operators.topicArn, sigv4: { region: Aws.REGION }, send_resolved: true },
          ],
        },
      ],
    });
    this.workspace = new CfnWorkspace(this, "Workspace", {
      alias: names.of("metrics"),
      alertManagerDefinition: `alertmanager_config: |\n  ${configuration}\n`,
    });
    operators.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal("aps.amazonaws.com")],
        actions: ["sns:Publish", "sns:GetTopicAttributes"],
        resources: [operators.topicArn],
        conditions: {
          ArnEquals: { "aws:SourceArn": this.workspace.attrArn },
          StringEquals: { "aws:SourceAccount": Aws.ACCOUNT_ID },
        },
      }),
    );
    for (const file of readdirSync(RULES).sort()) {
      const name = file.replace(/\.yml$/, "");
      new CfnRuleGroupsNamespace(this, `${name}-rules`, {
        name,
        workspace: this.workspace.attrArn,
        data: readFileSync(join(RULES, file), "utf8"),
      });
    }
  }
}
