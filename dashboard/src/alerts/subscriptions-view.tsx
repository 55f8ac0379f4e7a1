import { useState } from "preact/hooks";
import { messageOf } from "../api/problem.ts";
import { formatCount } from "../format.ts";
import { linkTo } from "../router.ts";
import { usePage } from "../shell/context.ts";
import { Failure, Notice, Skeleton } from "../ui/notice.tsx";
import { useLoaded } from "../ui/use-loaded.ts";
import { SubscriptionForm } from "./subscription-form.tsx";
import { explainPending, listSubscriptions, type Subscription, unsubscribe } from "./subscriptions.ts";
import "./subscriptions.css";

const PROTOCOLS = { email: "E-mail", sms: "Text message", https: "HTTPS" } as const;
const KIND_WORDS = { out: "out of stock", back: "back", low: "low" } as const;

/** Who is told of alerts. */
const SubscriptionsView = () => {
  const { api } = usePage();
  const [loaded, reload] = useLoaded((signal) => listSubscriptions(api, signal), "subscriptions");
  return (
    <>
      <div class="view-head">
        <h1>Who is told</h1>
        <a class="button" href={linkTo(["alerts"])}>
          All alerts
        </a>
      </div>
      <div class="subscriptions">
        <section aria-labelledby="subscribed">
          <h2 id="subscribed">Subscriptions</h2>
          {loaded.state === "loading" && <Skeleton lines={4} label="Loading subscriptions" />}
          {loaded.state === "failed" && <Failure error={loaded.error} retry={reload} />}
          {loaded.state === "ready" && loaded.value.length === 0 && (
            <Notice title="Nobody is told yet">
              <p>Alerts are kept and shown here all the same.</p>
            </Notice>
          )}
          {loaded.state === "ready" && loaded.value.length > 0 && (
            <ul class="subscription-list">
              {loaded.value.map((one) => (
                <SubscriptionCard
                  key={`${one.protocol} ${one.endpoint}`}
                  subscription={one}
                  removed={reload}
                />
              ))}
            </ul>
          )}
        </section>
        <SubscriptionForm done={reload} />
      </div>
    </>
  );
};
export default SubscriptionsView;

interface SubscriptionCardProps {
  readonly subscription: Subscription;
  readonly removed: () => void;
}

const SubscriptionCard = ({ subscription, removed }: SubscriptionCardProps) => {
  const { protocol, endpoint, status, subscriptionId } = subscription;
  return (
    <li class="card subscription">
      <div class="subscription-head">
        <strong class="subscription-endpoint">{endpoint}</strong>
        <span class={`level ${status === "confirmed" ? "level-ok" : "level-low"}`}>
          {status === "confirmed" ? "Confirmed" : "Not confirmed yet"}
        </span>
      </div>
      <p class="muted">
        {PROTOCOLS[protocol]}
        {describeFilter(subscription)}
      </p>
      {status === "pending" && <p class="hint">{explainPending(protocol)}</p>}
      {subscriptionId !== null && (
        <Remove subscriptionId={subscriptionId} endpoint={endpoint} removed={removed} />
      )}
    </li>
  );
};

/** In a list, SNS does not tell the filter of what is not confirmed. */
const describeFilter = ({ stores, kinds }: Subscription): string => {
  if (stores === undefined && kinds === undefined) return "";
  const list = new Intl.ListFormat(undefined, { type: "conjunction" });
  const where =
    stores == null
      ? "all stores"
      : stores.length <= 5
        ? list.format(stores)
        : `${formatCount(stores.length)} stores`;
  const what = kinds == null ? "all kinds" : list.format(kinds.map((kind) => KIND_WORDS[kind]));
  return ` · ${where} · ${what}`;
};

/** Asks first: whoever it is does not notice that nothing comes any more. */
const Remove = ({
  subscriptionId,
  endpoint,
  removed,
}: {
  subscriptionId: string;
  endpoint: string;
  removed: () => void;
}) => {
  const { api } = usePage();
  const [step, setStep] = useState<"idle" | "asked" | "sending">("idle");
  const [error, setError] = useState<string>();
  const remove = async (): Promise<void> => {
    setStep("sending");
    setError(undefined);
    try {
      await unsubscribe(api, subscriptionId);
      removed();
    } catch (thrown) {
      setError(messageOf(thrown));
      setStep("idle");
    }
  };
  return (
    <div class="subscription-remove">
      {error !== undefined && (
        <p class="error" role="alert">
          {error}
        </p>
      )}
      {step === "idle" ? (
        <button
          type="button"
          class="quiet"
          onClick={() => setStep("asked")}
          aria-label={`Remove ${endpoint}`}
        >
          Remove…
        </button>
      ) : (
        <fieldset class="confirm">
          <legend>No more alerts to {endpoint}?</legend>
          <button type="button" class="danger" disabled={step === "sending"} onClick={remove}>
            Remove
          </button>
          <button type="button" disabled={step === "sending"} onClick={() => setStep("idle")}>
            Keep
          </button>
        </fieldset>
      )}
    </div>
  );
};
