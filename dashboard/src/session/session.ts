import { signal } from "@preact/signals";
import type { HostedSignIn } from "../config.ts";
import { goTo } from "../router.ts";

/** Who signed in, kept for this tab alone: closing it forgets. */
export type Credential =
  | { readonly kind: "key"; readonly key: string }
  | {
      readonly kind: "person";
      readonly accessToken: string;
      readonly refreshToken: string | undefined;
      /** Epoch milliseconds. */
      readonly expiresAt: number;
    };

const STORAGE = "stockwire.credential";
/** A token is renewed while it still has this long to live, in milliseconds. */
const RENEW_BEFORE = 60_000;

const read = (): Credential | undefined => {
  try {
    return JSON.parse(sessionStorage.getItem(STORAGE) ?? "null") ?? undefined;
  } catch {
    return undefined;
  }
};

export const credential = signal<Credential | undefined>(read());
/** Why the last one ended, where the reader did not end it. */
export const signedOutBecause = signal<string | undefined>(undefined);

export const signIn = (next: Credential): void => {
  sessionStorage.setItem(STORAGE, JSON.stringify(next));
  signedOutBecause.value = undefined;
  credential.value = next;
};

export const signOut = (because?: string): void => {
  sessionStorage.removeItem(STORAGE);
  signedOutBecause.value = because;
  credential.value = undefined;
};

/**
 * Takes a key from the address (`#key=…`, as `npm start` prints it) and strikes it out there. A fragment is never sent
 * to a server.
 */
export const takeKeyFromAddress = (): void => {
  const key = /^#key=([^&/]+)$/.exec(location.hash)?.[1];
  if (key === undefined) return;
  // By the router, which has read the address already.
  goTo("#/", { replace: true });
  signIn({ kind: "key", key: decodeURIComponent(key) });
};

let renewing: Promise<string | undefined> | undefined;

/** What to show the API: the key, or a token that has a while to live. */
export const currentCredential = async (hosted: HostedSignIn | null): Promise<string | undefined> => {
  const now = credential.value;
  if (now === undefined) return undefined;
  if (now.kind === "key") return now.key;
  if (now.expiresAt - Date.now() > RENEW_BEFORE || !now.refreshToken || !hosted) return now.accessToken;
  renewing ??= renew(hosted, now.refreshToken, now.accessToken).finally(() => {
    renewing = undefined;
  });
  return renewing;
};

/** Where that fails, the old token goes on as long as the API takes it. */
const renew = async (hosted: HostedSignIn, refreshToken: string, old: string): Promise<string> => {
  try {
    const { renewTokens } = await import("./hosted-sign-in.ts");
    const next = await renewTokens(hosted, refreshToken);
    signIn(next);
    return next.kind === "person" ? next.accessToken : old;
  } catch {
    return old;
  }
};
