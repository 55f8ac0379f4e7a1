import { lazy, Suspense } from "preact/compat";
import { linkTo, route } from "../router.ts";
import { isAdmin } from "../session/caller.ts";
import { usePage } from "../shell/context.ts";
import { Notice, Skeleton } from "../ui/notice.tsx";
import { AlertList } from "./alert-list.tsx";
import "./alerts.css";

const Subscriptions = lazy(() => import("./subscriptions-view.tsx"));

/** What ran out and is back, or who is told of it. */
const AlertsView = () => {
  const { caller } = usePage();
  const { parts, query } = route.value;
  if (parts[1] === "subscriptions") {
    if (!isAdmin(caller)) return <Notice title="Only administrators see who is told of alerts" />;
    return (
      <Suspense fallback={<Skeleton lines={6} />}>
        <Subscriptions />
      </Suspense>
    );
  }
  const store = query.get("store") || undefined;
  const asked = query.get("kind");
  const kind = asked === "out" || asked === "back" || asked === "low" ? asked : undefined;
  return (
    <>
      <div class="view-head">
        <h1>Alerts</h1>
        {isAdmin(caller) && (
          <a class="button" href={linkTo(["alerts", "subscriptions"])}>
            Who is told
          </a>
        )}
      </div>
      <AlertList key={`${store}\u001f${kind}`} store={store} kind={kind} />
    </>
  );
};
export default AlertsView;
