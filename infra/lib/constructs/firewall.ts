import { CfnWebACL, CfnWebACLAssociation } from "aws-cdk-lib/aws-wafv2";
import { Construct } from "constructs";
import type { Names } from "../names.ts";

/** Requests of one address in five minutes. */
const MOST_REQUESTS = 6_000;

/** Known bad input and floods are refused before they reach the API. Bodies are files, so their size is no fault. */
export class Firewall extends Construct {
  constructor(scope: Construct, id: string, { names, resourceArn }: { names: Names; resourceArn: string }) {
    super(scope, id);
    const visible = (metricName: string) => ({
      metricName,
      cloudWatchMetricsEnabled: true,
      sampledRequestsEnabled: true,
    });
    const managed = (name: string, priority: number, counted: readonly string[] = []) => ({
      name,
      priority,
      overrideAction: { none: {} },
      statement: {
        managedRuleGroupStatement: {
          vendorName: "AWS",
          name,
          ruleActionOverrides: counted.map((rule) => ({ name: rule, actionToUse: { count: {} } })),
        },
      },
      visibilityConfig: visible(name),
    });
    const acl = new CfnWebACL(this, "WebAcl", {
      name: names.of("api"),
      scope: "REGIONAL",
      defaultAction: { allow: {} },
      visibilityConfig: visible(names.of("api")),
      rules: [
        {
          name: "FloodOfOneAddress",
          priority: 0,
          action: { block: {} },
          statement: { rateBasedStatement: { limit: MOST_REQUESTS, aggregateKeyType: "IP" } },
          visibilityConfig: visible("FloodOfOneAddress"),
        },
        managed("AWSManagedRulesAmazonIpReputationList", 1),
        managed("AWSManagedRulesKnownBadInputsRuleSet", 2),
        // What looks like script or SQL in a body is a product's name.
        managed("AWSManagedRulesCommonRuleSet", 3, [
          "SizeRestrictions_BODY",
          "CrossSiteScripting_BODY",
          "GenericLFI_BODY",
          "GenericRFI_BODY",
          "EC2MetaDataSSRF_BODY",
        ]),
      ],
    });
    new CfnWebACLAssociation(this, "Association", { webAclArn: acl.attrArn, resourceArn });
  }
}
