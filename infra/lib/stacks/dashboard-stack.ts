import type { BucketDeclaration } from "@stockwire/contracts/topology";
import { Aws, CfnOutput, Stack } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { askForApiAddress } from "../api-address.ts";
import { PageFiles } from "../constructs/page-files.ts";
import { SignIn, signInDomain } from "../constructs/sign-in.ts";
import { StaticSite } from "../constructs/static-site.ts";
import { takesPeople } from "../takes-people.ts";
import type { StockwireStackProps } from "./stack-props.ts";

/** What the API must know of the web page. */
export interface DashboardSite {
  readonly origin: string;
  readonly people: { readonly userPoolId: string; readonly clientId: string };
}

export interface DashboardStackProps extends StockwireStackProps {
  /** Where the built page lies. */
  readonly page: string;
}

/** The web page, and its sign-in. */
export class DashboardStack extends Stack {
  readonly site: DashboardSite;

  constructor(scope: Construct, id: string, props: DashboardStackProps) {
    const { parameters, names, topology, page, ...rest } = props;
    super(scope, id, rest);
    const api = askForApiAddress(this, "for the page");
    const domain = signInDomain(names);
    const issuerOrigin = `https://cognito-idp.${Aws.REGION}.${Aws.URL_SUFFIX}`;
    const partOrigins = Object.entries<BucketDeclaration>(topology.buckets)
      .filter(([, { browserUploads }]) => browserUploads)
      .map(([name]) => `https://${names.bucket(name)}.s3.${Aws.REGION}.${Aws.URL_SUFFIX}`);
    const site = new StaticSite(this, "Site", {
      names,
      parameters: parameters.buckets,
      connectsTo: [api, ...partOrigins, domain, issuerOrigin],
    });
    const { pool, client } = new SignIn(this, "SignIn", {
      names,
      dashboard: `${site.origin}/`,
      retain: parameters.isProtected,
    });
    const people = { userPoolId: pool.userPoolId, clientId: client.userPoolClientId };
    new PageFiles(this, "Page", {
      directory: page,
      config: {
        api,
        signIn: takesPeople(parameters)
          ? { issuer: `${issuerOrigin}/${people.userPoolId}`, domain, clientId: people.clientId }
          : null,
      },
      bucket: site.bucket,
      distribution: site.distribution,
    });
    this.site = { origin: site.origin, people };
    new CfnOutput(this, "Address", { value: `${site.origin}/` });
    new CfnOutput(this, "UserPoolId", { value: pool.userPoolId });
    new CfnOutput(this, "UserPoolClientId", { value: client.userPoolClientId });
  }
}
