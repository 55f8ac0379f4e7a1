import type { ComponentType } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { goTo, linkTo, route } from "../router.ts";
import { mayRead } from "../session/caller.ts";
import { StoresView } from "../stock/stores-view.tsx";
import { usePage } from "./context.ts";
import { lazyView } from "./lazy-view.tsx";
import { LoadBoundary } from "./load-boundary.tsx";

/** Those that are fetched behind the first one. */
const LATER = {
  store: lazyView(() => import("../stock/store-view.tsx")),
  send: lazyView(() => import("../send/send-view.tsx")),
  upload: lazyView(() => import("../send/upload-view.tsx")),
  alerts: lazyView(() => import("../alerts/alerts-view.tsx")),
  invoices: lazyView(() => import("../invoices/invoices-view.tsx")),
  expenses: lazyView(() => import("../invoices/expenses-view.tsx")),
} as const;

interface NamedView {
  readonly title: string;
  readonly View: ComponentType;
  /** Also for callers that may send files and read nothing else. */
  readonly isForSenders?: true;
}

/** Views by the first part of the address. */
const VIEWS: Readonly<Record<string, NamedView>> = {
  "": { title: "Stock", View: StoresView },
  stores: { title: "Stock", View: LATER.store.View },
  send: { title: "Send files", View: LATER.send.View, isForSenders: true },
  uploads: { title: "Upload", View: LATER.upload.View, isForSenders: true },
  alerts: { title: "Alerts", View: LATER.alerts.View },
  invoices: { title: "Invoices", View: LATER.invoices.View },
  expenses: { title: "Expenses", View: LATER.expenses.View },
};

/** When the first view stands: so that the others open at once, and without a connection. */
const FETCH_LATER_MS = 3_000;

const useOtherViews = (): void => {
  useEffect(() => {
    const timer = setTimeout(() => {
      // What cannot be fetched now is fetched when it is wanted.
      for (const { fetch } of Object.values(LATER)) fetch().catch(() => undefined);
    }, FETCH_LATER_MS);
    return () => clearTimeout(timer);
  }, []);
};

/** What the address names. */
export const View = () => {
  const { caller } = usePage();
  useOtherViews();
  const [name = "", ...about] = route.value.parts;
  const found = Object.hasOwn(VIEWS, name) ? VIEWS[name] : undefined;
  const title = found ? [...about, found.title, "Stockwire"].join(" · ") : "Stockwire";
  const isFirst = useRef(true);
  useEffect(() => {
    document.title = title;
    if (isFirst.current) {
      isFirst.current = false;
      return;
    }
    // The link that led here may be gone, and a reader of the screen has to hear that something else is there.
    document.getElementById("main")?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, [title]);
  if (found && !found.isForSenders && !mayRead(caller)) {
    goTo(linkTo(["send"]), { replace: true });
    return null;
  }
  if (!found) {
    return (
      <>
        <div class="view-head">
          <h1>There is no such page</h1>
        </div>
        <p>
          <a href={linkTo([])}>Go to the stock of all stores</a>
        </p>
      </>
    );
  }
  return (
    <LoadBoundary key={name}>
      <found.View />
    </LoadBoundary>
  );
};
