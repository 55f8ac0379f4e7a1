import { useEffect, useMemo } from "preact/hooks";
import { createApi } from "../api/client.ts";
import type { PageConfig } from "../config.ts";
import { connectLive } from "../live/live.ts";
import { mayRead, readCaller } from "../session/caller.ts";
import { credential, currentCredential, signOut } from "../session/session.ts";
import { SignIn } from "../session/sign-in.tsx";
import { createStores } from "../stock/stores.ts";
import { Failure, Skeleton } from "../ui/notice.tsx";
import { useLoaded } from "../ui/use-loaded.ts";
import { type Page, PageContext } from "./context.ts";
import { Header } from "./header.tsx";
import { View } from "./views.tsx";

const NOT_TAKEN = "The key or the sign-in is not, or no longer, valid.";

/** The sign-in, or the page of whoever signed in. */
export const App = ({ config }: { config: PageConfig }) => {
  const signedIn = credential.value;
  // A renewed token is the same caller.
  const identity = signedIn === undefined ? "" : signedIn.kind === "key" ? signedIn.key : "person";
  if (identity === "") return <SignIn hosted={config.signIn} />;
  return <SignedIn key={identity} config={config} />;
};

const SignedIn = ({ config }: { config: PageConfig }) => {
  const api = useMemo(
    () =>
      createApi(
        config.api,
        (anew) => currentCredential(config.signIn, anew),
        () => signOut(NOT_TAKEN),
      ),
    [config],
  );
  const [caller, retry] = useLoaded((signal) => readCaller(api, signal), "caller");
  const ready = caller.state === "ready" ? caller.value : undefined;
  const page = useMemo<Page | undefined>(() => {
    if (!ready) return undefined;
    const live = connectLive(api, mayRead(ready) ? ready.live : undefined);
    return { api, live, caller: ready, stores: createStores(api, live, ready) };
  }, [api, ready]);
  useEffect(
    () => () => {
      page?.live.close();
      page?.stores.close();
    },
    [page],
  );
  if (page) {
    return (
      <PageContext.Provider value={page}>
        <button type="button" class="skip" onClick={focusMain}>
          Skip to content
        </button>
        <Header hosted={config.signIn} />
        <main id="main" tabIndex={-1}>
          <View />
        </main>
      </PageContext.Provider>
    );
  }
  return (
    <>
      <Header hosted={config.signIn} />
      <main id="main">
        {caller.state === "failed" ? (
          <Failure error={caller.error} retry={retry} />
        ) : (
          <Skeleton lines={6} label="Loading your page" />
        )}
      </main>
    </>
  );
};

/** The fragment is the address of a view, so it cannot be a target within the page. */
const focusMain = (): void => document.getElementById("main")?.focus();
