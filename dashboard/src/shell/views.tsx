import type { ComponentType } from "preact";
import { lazy, Suspense } from "preact/compat";
import { useEffect, useRef } from "preact/hooks";
import { linkTo, route } from "../router.ts";
import { StoresView } from "../stock/stores-view.tsx";
import { Skeleton } from "../ui/notice.tsx";
import { LoadBoundary } from "./load-boundary.tsx";

/** Views by the first part of the address. The first one comes with the page, the others when they are wanted. */
const VIEWS: Readonly<Record<string, { readonly title: string; readonly View: ComponentType }>> = {
  "": { title: "Stock", View: StoresView },
  stores: { title: "Stock", View: lazy(() => import("../stock/store-view.tsx")) },
  send: { title: "Send files", View: lazy(() => import("../send/send-view.tsx")) },
  uploads: { title: "Upload", View: lazy(() => import("../send/upload-view.tsx")) },
  alerts: { title: "Alerts", View: lazy(() => import("../alerts/alerts-view.tsx")) },
  invoices: { title: "Invoices", View: lazy(() => import("../invoices/invoices-view.tsx")) },
  expenses: { title: "Expenses", View: lazy(() => import("../invoices/expenses-view.tsx")) },
};

/** What the address names. */
export const View = () => {
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
      <Suspense fallback={<Skeleton lines={8} />}>
        <found.View />
      </Suspense>
    </LoadBoundary>
  );
};
