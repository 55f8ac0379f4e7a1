/** Where the API is and how people sign in: `config.json` beside the page, written by whoever hosts it. */
export interface PageConfig {
  /** Origin of the API, without a slash at the end; empty where the page itself comes from it. */
  readonly api: string;
  /** Null where only API keys are taken. */
  readonly signIn: HostedSignIn | null;
}

/** A Cognito user pool with its hosted page. */
export interface HostedSignIn {
  readonly issuer: string;
  readonly domain: string;
  readonly clientId: string;
}

/** Without a file, or with one that is not ours, the page talks to the host that it came from. */
export const readConfig = async (): Promise<PageConfig> => {
  try {
    const answer = await fetch("config.json", { cache: "no-cache" });
    if (answer.ok) return toConfig(await answer.json());
  } catch {
    // Not there or not JSON: what is written below is the rule for that.
  }
  return { api: "", signIn: null };
};

const toConfig = (value: Partial<PageConfig> | null): PageConfig => ({
  api: typeof value?.api === "string" ? value.api.replace(/\/+$/, "") : "",
  signIn: value?.signIn ?? null,
});
