import { Aws, Duration, RemovalPolicy } from "aws-cdk-lib";
import {
  AccountRecovery,
  CfnUserPoolGroup,
  FeaturePlan,
  Mfa,
  OAuthScope,
  UserPool,
  type UserPoolClient,
  UserPoolClientIdentityProvider,
} from "aws-cdk-lib/aws-cognito";
import { Construct } from "constructs";
import { acknowledge } from "../acknowledge.ts";
import type { Names } from "../names.ts";

export interface SignInProps {
  readonly names: Names;
  /** Address of the dashboard, to which people come back. */
  readonly dashboard: string;
  readonly retain: boolean;
}

/**
 * What a member may do, in the same words as the scopes of API keys, and where: a person in no group of a store sees
 * nothing. Stores are not known here; an operator adds their groups, `store:` and the percent-encoded name.
 */
const GROUPS = ["upload", "read", "admin", "all-stores"] as const;

const domainPrefix = (names: Names): string => `${names.of("dashboard")}-${Aws.ACCOUNT_ID}`;

/** Address of Cognito's own page on which people sign in, without a slash at the end. */
export const signInDomain = (names: Names): string =>
  `https://${domainPrefix(names)}.auth.${Aws.REGION}.amazoncognito.com`;

/** People who use the dashboard: invited, with a second factor, signed in on Cognito's own page. */
export class SignIn extends Construct {
  readonly pool: UserPool;
  readonly client: UserPoolClient;

  constructor(scope: Construct, id: string, { names, dashboard, retain }: SignInProps) {
    super(scope, id);
    this.pool = new UserPool(this, "Users", {
      userPoolName: names.of("users"),
      selfSignUpEnabled: false,
      signInAliases: { email: true },
      autoVerify: { email: true },
      passwordPolicy: {
        minLength: 12,
        requireDigits: true,
        requireLowercase: true,
        requireUppercase: true,
        requireSymbols: true,
        tempPasswordValidity: Duration.days(3),
      },
      mfa: Mfa.REQUIRED,
      mfaSecondFactor: { otp: true, sms: false },
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      featurePlan: FeaturePlan.ESSENTIALS,
      deletionProtection: retain,
      removalPolicy: retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    acknowledge(
      this.pool,
      "AwsSolutions-COG8",
      "threat protection costs for each user; an operator may add it",
    );
    this.pool.addDomain("Domain", {
      cognitoDomain: { domainPrefix: domainPrefix(names) },
    });
    // A page keeps no secret: the code is exchanged with a proof key (PKCE) instead.
    this.client = this.pool.addClient("Dashboard", {
      userPoolClientName: names.of("dashboard"),
      generateSecret: false,
      preventUserExistenceErrors: true,
      authFlows: { userSrp: true },
      supportedIdentityProviders: [UserPoolClientIdentityProvider.COGNITO],
      oAuth: {
        flows: { authorizationCodeGrant: true },
        scopes: [OAuthScope.OPENID, OAuthScope.EMAIL],
        callbackUrls: [dashboard],
        logoutUrls: [dashboard],
      },
      accessTokenValidity: Duration.hours(1),
      idTokenValidity: Duration.hours(1),
      refreshTokenValidity: Duration.days(1),
      enableTokenRevocation: true,
    });
    for (const groupName of GROUPS) {
      new CfnUserPoolGroup(this, `${groupName}-group`, { userPoolId: this.pool.userPoolId, groupName });
    }
  }
}
