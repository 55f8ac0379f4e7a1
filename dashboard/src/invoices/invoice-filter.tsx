import type { InvoiceStatus } from "@stockwire/contracts/invoice";
import { useState } from "preact/hooks";
import { goTo, linkTo } from "../router.ts";

const STATUSES: readonly { readonly status: InvoiceStatus | undefined; readonly name: string }[] = [
  { status: undefined, name: "All" },
  { status: "quarantined", name: "Quarantined" },
  { status: "accepted", name: "Accepted" },
];

interface InvoiceFilterProps {
  readonly customer: string | undefined;
  readonly status: InvoiceStatus | undefined;
}

/** The filter stands in the address, so that it can be kept and sent. */
export const InvoiceFilter = ({ customer, status }: InvoiceFilterProps) => {
  const [typed, setTyped] = useState(customer ?? "");
  const show = (query: InvoiceFilterProps) => goTo(linkTo(["invoices"], { ...query }), { replace: true });
  const showTyped = (): void => show({ customer: typed.trim() || undefined, status });
  return (
    <search class="tools">
      <form
        class="grow"
        onSubmit={(event) => {
          event.preventDefault();
          showTyped();
        }}
      >
        <label>
          Customer id, exactly
          <input
            type="search"
            value={typed}
            onInput={(event) => setTyped(event.currentTarget.value)}
            onChange={showTyped}
          />
        </label>
      </form>
      <fieldset class="segments">
        <legend class="visually-hidden">Status</legend>
        {STATUSES.map(({ status: one, name }) => (
          <label key={name}>
            <input
              type="radio"
              name="status"
              checked={status === one}
              onChange={() => show({ customer, status: one })}
            />
            <span>{name}</span>
          </label>
        ))}
      </fieldset>
    </search>
  );
};
