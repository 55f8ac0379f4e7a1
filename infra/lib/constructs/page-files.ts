import { Stack, Token } from "aws-cdk-lib";
import type { IDistribution } from "aws-cdk-lib/aws-cloudfront";
import type { CfnBucket, IBucket } from "aws-cdk-lib/aws-s3";
import { BucketDeployment, CacheControl, type ISource, Source } from "aws-cdk-lib/aws-s3-deployment";
import { Construct } from "constructs";
import { acknowledge } from "../acknowledge.ts";

export interface PageFilesProps {
  /** The built page. */
  readonly directory: string;
  /** What the page is told, as its config.json. */
  readonly config: object;
  readonly bucket: IBucket;
  readonly distribution: IDistribution;
}

/** CloudFront compresses by itself; these are for the API, which does not. */
const COMPRESSED = ["*.br", "*.gz"];
const ASSETS = "assets/*";

/** Puts the page's files into its bucket: what never changes first, then what names it. */
export class PageFiles extends Construct {
  constructor(scope: Construct, id: string, { directory, config, bucket, distribution }: PageFilesProps) {
    super(scope, id);
    const files = (include: readonly string[], exclude: readonly string[]): ISource =>
      Source.asset(directory, { exclude: [...include, ...exclude] });
    const shared = { destinationBucket: bucket, memoryLimit: 256, retainOnDelete: false };
    const assets = new BucketDeployment(this, "Assets", {
      ...shared,
      sources: [files(["*", "!assets", "!assets/**"], COMPRESSED)],
      cacheControl: [CacheControl.fromString("public, max-age=31536000, immutable")],
      // A page that somebody opened before this deployment may still ask for the files of its time.
      prune: false,
    });
    const entry = new BucketDeployment(this, "Entry", {
      ...shared,
      sources: [files([ASSETS, "config.json"], COMPRESSED), Source.jsonData("config.json", config)],
      cacheControl: [CacheControl.noCache()],
      prune: false,
      distribution,
      // All but the assets, in one path; waiting for it is what makes the deployment true when it says so.
      distributionPaths: ["/*"],
    });
    entry.node.addDependency(assets);
    this.explain(bucket);
  }

  /** CDK shares one function among all deployments of a stack, and puts it beside them. */
  private explain(bucket: IBucket): void {
    const stack = Stack.of(this);
    const handler = stack.node.children.find(({ node }) => node.id.startsWith("Custom::CDKBucketDeployment"));
    if (!handler) throw new Error("CDK keeps the function that copies files somewhere else");
    const files = stack.getLogicalId(bucket.node.defaultChild as CfnBucket);
    const partition = asReported(stack.partition, "Partition");
    const place = `${asReported(stack.account, "AccountId")}-${asReported(stack.region, "Region")}`;
    const bootstrapped = `arn:${partition}:s3:::cdk-hnb659fds-assets-${place}/*`;
    const reads = "CDK's own function, which runs while a deployment does: it reads what CDK uploaded";
    const writes =
      "CDK's own function, which runs while a deployment does: it may write the page's bucket alone";
    const why = {
      "AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]":
        "CDK's own function, which runs while a deployment does: it writes its log",
      "AwsSolutions-IAM5[Action::s3:GetBucket*]": reads,
      "AwsSolutions-IAM5[Action::s3:GetObject*]": reads,
      "AwsSolutions-IAM5[Action::s3:List*]": reads,
      [`AwsSolutions-IAM5[Resource::${bootstrapped}]`]: reads,
      "AwsSolutions-IAM5[Action::s3:Abort*]": writes,
      "AwsSolutions-IAM5[Action::s3:DeleteObject*]": writes,
      [`AwsSolutions-IAM5[Resource::<${files}.Arn>/*]`]: writes,
      "AwsSolutions-L1": "CDK's own function, with the runtime that CDK tests it with",
      "AwsSolutions-IAM5[Resource::*]":
        "CDK's own function: what tells CloudFront to ask again is granted so by CDK",
    };
    for (const [rule, reason] of Object.entries(why)) acknowledge(handler, rule, reason);
  }
}

/** An environment may name its region; what it does not name stands in findings as a reference. */
const asReported = (value: string, name: string): string =>
  Token.isUnresolved(value) ? `<AWS::${name}>` : value;
