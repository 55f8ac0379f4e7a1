import { Aws, Duration } from "aws-cdk-lib";
import {
  Distribution,
  HeadersFrameOption,
  HeadersReferrerPolicy,
  HttpVersion,
  type IDistribution,
  PriceClass,
  ResponseHeadersPolicy,
  ViewerProtocolPolicy,
} from "aws-cdk-lib/aws-cloudfront";
import { S3BucketOrigin } from "aws-cdk-lib/aws-cloudfront-origins";
import { type IBucket, ObjectOwnership } from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import { acknowledge } from "../acknowledge.ts";
import type { Names } from "../names.ts";
import type { BucketParameters } from "../parameters.ts";
import { ACCESS_LOGS, abortAfter, createPrivateBucket } from "./private-bucket.ts";

export interface StaticSiteProps {
  readonly names: Names;
  readonly parameters: BucketParameters;
  /** Origins that the page may ask, besides its own. */
  readonly connectsTo: readonly string[];
}

/** Where the dashboard's files lie, behind CloudFront, which alone may read them. */
export class StaticSite extends Construct {
  /** Like `https://name`, without a slash at the end. */
  readonly origin: string;
  readonly bucket: IBucket;
  readonly distribution: IDistribution;

  constructor(scope: Construct, id: string, { names, parameters, connectsTo }: StaticSiteProps) {
    super(scope, id);
    const bucket = createPrivateBucket(this, "files", {
      bucketName: names.bucket("dashboard"),
      accessLogs: names.bucket(ACCESS_LOGS),
      lifecycleRules: [abortAfter(1)],
      retain: false,
    });
    const distribution = new Distribution(this, "Distribution", {
      comment: names.of("dashboard"),
      defaultRootObject: "index.html",
      defaultBehavior: {
        origin: S3BucketOrigin.withOriginAccessControl(bucket),
        viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        responseHeadersPolicy: this.headers(names, connectsTo),
        compress: true,
      },
      httpVersion: HttpVersion.HTTP2_AND_3,
      priceClass: PriceClass.PRICE_CLASS_100,
      logBucket: this.logBucket(names, parameters),
    });
    const why = {
      "AwsSolutions-CFR1": "stores are all over the world",
      "AwsSolutions-CFR2": "static files that anybody may read; the API has a firewall of its own",
      "AwsSolutions-CFR4":
        "CloudFront's own name comes with its own minimum; another needs a certificate and a name of yours",
    };
    for (const [rule, reason] of Object.entries(why)) acknowledge(distribution, rule, reason);
    this.bucket = bucket;
    this.distribution = distribution as IDistribution;
    this.origin = `https://${distribution.distributionDomainName}`;
  }

  /** No script but the page's own files, no frame around it, HTTPS for two years. */
  private headers(names: Names, connectsTo: readonly string[]): ResponseHeadersPolicy {
    const seconds = Duration.days(730);
    return new ResponseHeadersPolicy(this, "Headers", {
      responseHeadersPolicyName: `${names.of("dashboard")}-${Aws.REGION}`,
      securityHeadersBehavior: {
        contentSecurityPolicy: {
          contentSecurityPolicy: [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data: blob:",
            "font-src 'self'",
            `connect-src ${["'self'", ...connectsTo].join(" ")}`,
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
          ].join("; "),
          override: true,
        },
        strictTransportSecurity: { accessControlMaxAge: seconds, includeSubdomains: true, override: true },
        contentTypeOptions: { override: true },
        frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
        referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.NO_REFERRER, override: true },
      },
    });
  }

  /** CloudFront's own log still writes through ACLs, which our other buckets do not have. */
  private logBucket(names: Names, { accessLogDays }: BucketParameters): IBucket {
    return createPrivateBucket(this, "cloudfront-log", {
      bucketName: names.bucket("cdn-logs"),
      accessLogs: undefined,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_PREFERRED,
      lifecycleRules: [abortAfter(1), { id: "expire", expiration: Duration.days(accessLogDays) }],
      retain: false,
    });
  }
}
