import { useState } from "preact/hooks";
import type { HostedSignIn } from "../config.ts";
import { signedOutBecause, signIn, signOut } from "./session.ts";

const NO_KEY = "That is no key: keys are made of Latin letters, digits, - and _.";

/** Asks for an API key, or leads to the hosted page where there is one. */
export const SignIn = ({ hosted }: { hosted: HostedSignIn | null }) => {
  const [key, setKey] = useState("");
  const submit = (event: Event): void => {
    event.preventDefault();
    const typed = key.trim();
    if (typed === "") return;
    // No key has other characters, and no header could carry them.
    if (/^[\x21-\x7e]+$/.test(typed)) signIn({ kind: "key", key: typed });
    else signOut(NO_KEY);
  };
  const leave = async (): Promise<void> => {
    const { leaveForSignIn } = await import("./hosted-sign-in.ts");
    await leaveForSignIn(hosted as HostedSignIn);
  };
  return (
    <main class="sign-in">
      <form class="card" onSubmit={submit}>
        <p class="brand">Stockwire</p>
        <h1>Sign in</h1>
        {signedOutBecause.value && (
          <p class="error" role="alert">
            {signedOutBecause.value}
          </p>
        )}
        {hosted && (
          <>
            <button type="button" class="primary" onClick={leave}>
              Sign in with your account
            </button>
            <p class="or">or with a key</p>
          </>
        )}
        <label>
          API key
          <input
            type="password"
            name="key"
            autocomplete="off"
            spellcheck={false}
            required
            value={key}
            onInput={(event) => setKey(event.currentTarget.value)}
          />
        </label>
        <p class="hint">It is kept in this tab alone and forgotten when the tab is closed.</p>
        <button type="submit" class={hosted ? "" : "primary"}>
          Use the key
        </button>
      </form>
    </main>
  );
};
