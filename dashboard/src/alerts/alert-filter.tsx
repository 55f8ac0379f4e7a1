import type { AlertView } from "@stockwire/contracts/views";
import { goTo, linkTo } from "../router.ts";
import { usePage } from "../shell/context.ts";

export type Kind = AlertView["kind"];

const KINDS: readonly { readonly kind: Kind | undefined; readonly name: string }[] = [
  { kind: undefined, name: "All" },
  { kind: "out", name: "Out" },
  { kind: "low", name: "Low" },
  { kind: "back", name: "Back" },
];

interface AlertFilterProps {
  readonly store: string | undefined;
  readonly kind: Kind | undefined;
}

/** The filter stands in the address, so that it can be kept and sent. */
export const AlertFilterTools = ({ store, kind }: AlertFilterProps) => {
  const { stores } = usePage();
  const list = stores.list.value;
  const names = list.state === "ready" ? list.value.map(({ store: name }) => name) : [];
  const show = (query: AlertFilterProps) => goTo(linkTo(["alerts"], { ...query }), { replace: true });
  return (
    <search class="tools">
      <label class="alert-store">
        Store
        <select
          value={store ?? ""}
          onChange={(event) => show({ store: event.currentTarget.value || undefined, kind })}
        >
          <option value="">All stores</option>
          {store !== undefined && !names.includes(store) && <option value={store}>{store}</option>}
          {names.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <fieldset class="segments">
        <legend class="visually-hidden">Kind</legend>
        {KINDS.map(({ kind: one, name }) => (
          <label key={name}>
            <input
              type="radio"
              name="kind"
              checked={kind === one}
              onChange={() => show({ store, kind: one })}
            />
            <span>{name}</span>
          </label>
        ))}
      </fieldset>
    </search>
  );
};
