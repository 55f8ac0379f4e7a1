import { useState } from "preact/hooks";
import { messageOf } from "../api/problem.ts";
import { usePage } from "../shell/context.ts";
import { ChooseStores } from "./choose-stores.tsx";
import { explainPending, type Protocol, subscribe } from "./subscriptions.ts";

const ADDRESSES: Readonly<
  Record<
    Protocol,
    {
      readonly name: string;
      readonly label: string;
      readonly inputMode: "email" | "tel" | "url";
      readonly hint: string;
    }
  >
> = {
  email: { name: "E-mail", label: "E-mail address", inputMode: "email", hint: "" },
  sms: {
    name: "Text message",
    label: "Phone number",
    inputMode: "tel",
    hint: "With the country, like +4915112345678.",
  },
  https: { name: "HTTPS", label: "Address", inputMode: "url", hint: "Public, and without a password in it." },
};
const KINDS = [
  { kind: "out", name: "Out of stock" },
  { kind: "low", name: "Low" },
  { kind: "back", name: "Back in stock" },
] as const;
type Kind = (typeof KINDS)[number]["kind"];

/** Subscribes somebody, or gives who is subscribed other stores and kinds. */
export const SubscriptionForm = ({ done }: { done: () => void }) => {
  const { api } = usePage();
  const [protocol, setProtocol] = useState<Protocol>("email");
  const [endpoint, setEndpoint] = useState("");
  const [stores, setStores] = useState<readonly string[] | null>(null);
  const [kinds, setKinds] = useState<readonly Kind[]>(KINDS.map(({ kind }) => kind));
  const [isSending, setSending] = useState(false);
  const [result, setResult] = useState<{ isError: boolean; text: string }>();
  const fault = faultOf(stores, kinds);

  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (fault !== undefined) {
      setResult({ isError: true, text: fault });
      return;
    }
    setSending(true);
    setResult(undefined);
    try {
      const wanted = {
        protocol,
        endpoint: endpoint.trim(),
        stores,
        kinds: kinds.length === KINDS.length ? null : kinds,
      };
      const { status } = await subscribe(api, wanted);
      const text = status === "pending" ? explainPending(protocol) : "It is in effect.";
      setResult({ isError: false, text: `${endpoint.trim()}: ${text}` });
      setEndpoint("");
      done();
    } catch (error) {
      setResult({ isError: true, text: messageOf(error) });
    } finally {
      setSending(false);
    }
  };

  const address = ADDRESSES[protocol];
  return (
    <form class="card subscription-form" onSubmit={send} aria-labelledby="subscribe">
      <h2 id="subscribe">Tell somebody</h2>
      <label>
        How
        <select value={protocol} onChange={(event) => setProtocol(event.currentTarget.value as Protocol)}>
          {Object.entries(ADDRESSES).map(([value, { name }]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        {address.label}
        <input
          inputMode={address.inputMode}
          required
          value={endpoint}
          aria-describedby="endpoint-hint"
          onInput={(event) => setEndpoint(event.currentTarget.value)}
        />
      </label>
      <p id="endpoint-hint" class="hint">
        {address.hint}
      </p>
      <fieldset class="checks">
        <legend>Of what</legend>
        {KINDS.map(({ kind, name }) => (
          <label key={kind} class="check">
            <input
              type="checkbox"
              checked={kinds.includes(kind)}
              onChange={(event) => setKinds(toggled(kinds, kind, event.currentTarget.checked))}
            />
            {name}
          </label>
        ))}
      </fieldset>
      <ChooseStores chosen={stores} choose={setStores} />
      {result && (
        <p class={result.isError ? "error" : "done"} role={result.isError ? "alert" : "status"}>
          {result.text}
        </p>
      )}
      <button type="submit" class="primary" disabled={isSending}>
        {isSending ? "Subscribing…" : "Subscribe"}
      </button>
      <p class="hint">Who is subscribed already gets these stores and kinds instead.</p>
    </form>
  );
};

/** What SNS can filter by, as in the API guide. */
const MAX_COMBINATIONS = 150;

const faultOf = (stores: readonly string[] | null, kinds: readonly Kind[]): string | undefined => {
  if (kinds.length === 0) return "Choose at least one kind.";
  if (stores === null) return undefined;
  if (stores.length === 0) return "Choose at least one store, or all.";
  const combinations = stores.length * (kinds.length === KINDS.length ? 1 : kinds.length);
  if (combinations <= MAX_COMBINATIONS) return undefined;
  return `Stores times kinds may be ${MAX_COMBINATIONS} at most: choose fewer stores, or all kinds.`;
};

const toggled = <Value,>(values: readonly Value[], value: Value, isIn: boolean): readonly Value[] =>
  isIn ? [...values, value] : values.filter((one) => one !== value);
