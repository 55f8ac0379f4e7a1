import { CfnParameter } from "aws-cdk-lib";
import type { Construct } from "constructs";

/**
 * The API's origin, as pages and browsers name it. Callers know the API by the name of its certificate, not by the load
 * balancer's own, so it is known before that is made. Each stack that needs it asks: an exported value could not change
 * while another stack uses it.
 */
export const askForApiAddress = (scope: Construct, use: string): string =>
  new CfnParameter(scope, "ApiAddress", {
    // As browsers send it in `Origin`: lower case and without a path.
    allowedPattern: "^https://[a-z0-9.-]+(:[0-9]+)?$",
    constraintDescription:
      "https:// and the name in the certificate, in lower case and without a slash behind",
    description: `Address of the API ${use}, like https://stock.example.com: the name in its certificate`,
  }).valueAsString;
