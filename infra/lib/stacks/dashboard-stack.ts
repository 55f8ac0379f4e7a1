import { CfnOutput, Stack } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { SignIn } from "../constructs/sign-in.ts";
import { StaticSite } from "../constructs/static-site.ts";
import type { StockwireStackProps } from "./stack-props.ts";

/** What the API must know of the web page. */
export interface DashboardSite {
  readonly origin: string;
  readonly people: { readonly userPoolId: string; readonly clientId: string };
}

/** The web page's hosting and its sign-in. Until the page itself is there, a placeholder. */
export class DashboardStack extends Stack {
  readonly site: DashboardSite;

  constructor(
    scope: Construct,
    id: string,
    { parameters, names, topology: _, ...props }: StockwireStackProps,
  ) {
    super(scope, id, props);
    const site = new StaticSite(this, "Site", { names, parameters: parameters.buckets });
    const { pool, client } = new SignIn(this, "SignIn", {
      names,
      dashboard: `${site.origin}/`,
      retain: parameters.isProtected,
    });
    this.site = {
      origin: site.origin,
      people: { userPoolId: pool.userPoolId, clientId: client.userPoolClientId },
    };
    new CfnOutput(this, "Address", { value: `${site.origin}/` });
    new CfnOutput(this, "UserPoolId", { value: pool.userPoolId });
    new CfnOutput(this, "UserPoolClientId", { value: client.userPoolClientId });
  }
}
