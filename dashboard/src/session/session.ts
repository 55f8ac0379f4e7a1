import { signal } from "@preact/signals";
import { unreachable } from "../api/problem.ts";
import type { HostedSignIn } from "../config.ts";
import { goTo, linkTo } from "../router.ts";

/** Who signed in, kept for this tab alone: closing it forgets. */
export type Credential = { readonly kind: "key"; readonly key: string } | Person;

interface Person {
  readonly kind: "person";
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

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
  try {
    sessionStorage.setItem(STORAGE, JSON.stringify(next));
  } catch {
    // Storage is blocked: signed in until the page is loaded anew.
  }
  signedOutBecause.value = undefined;
  credential.value = next;
};

export const signOut = (because?: string): void => {
  try {
    sessionStorage.removeItem(STORAGE);
  } catch {
    // Blocked storage has nothing to forget.
  }
  signedOutBecause.value = because;
  credential.value = undefined;
};

/**
 * Takes a key from the address (`#key=…`, as `npm start` prints it) and strikes it out there. A fragment is never sent
 * to a server. A key does not take the place of another one unasked: who follows a link keeps what they signed in with.
 */
const takeKeyFromAddress = (): void => {
  const encoded = /^#key=([^&/]*)$/.exec(location.hash)?.[1];
  if (encoded === undefined) return;
  // By the router, which has read the address already.
  goTo(linkTo([]), { replace: true });
  const key = decode(encoded);
  // No header could carry other characters.
  if (!/^[\x21-\x7e]+$/.test(key)) return;
  const present = credential.value;
  if (present?.kind === "key" && present.key === key) return;
  if (present && !confirm("Sign out, and use the key of this link instead?")) return;
  signIn({ kind: "key", key });
};

/** Now, and whenever somebody puts a key into the address of the open page. */
export const heedKeysInAddress = (): void => {
  takeKeyFromAddress();
  addEventListener("hashchange", takeKeyFromAddress);
};

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return ""; // cut off in the middle
  }
};

let renewing: Promise<string | undefined> | undefined;

/**
 * What to show the API: the key, or a token that has a while to live.
 * @param anew after the last one was refused
 */
export const currentCredential = async (
  hosted: HostedSignIn | null,
  anew = false,
): Promise<string | undefined> => {
  const now = credential.value;
  if (now?.kind !== "person") return now?.key;
  const isFresh = !anew && now.expiresAt - Date.now() > RENEW_BEFORE;
  if (isFresh || !now.refreshToken || !hosted) return now.accessToken;
  renewing ??= renew(hosted, now, now.refreshToken).finally(() => {
    renewing = undefined;
  });
  return renewing;
};

/**
 * The old token goes on as long as the API takes it. Who has signed out meanwhile stays signed out.
 * @throws unreachable where there was no way to a new token and the old one has ended
 */
const renew = async (
  hosted: HostedSignIn,
  old: Person,
  refreshToken: string,
): Promise<string | undefined> => {
  try {
    const { renewTokens } = await import("./hosted-sign-in.ts");
    const next = await renewTokens(hosted, refreshToken);
    if (credential.value !== old) return undefined;
    signIn(next);
    return next.kind === "person" ? next.accessToken : undefined;
  } catch (error) {
    // That is how fetch says that it reached nobody; everything else is the server's refusal.
    if (error instanceof TypeError && old.expiresAt <= Date.now()) throw unreachable();
    return old.accessToken;
  }
};
