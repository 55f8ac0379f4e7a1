import type { UploadKind } from "@stockwire/contracts/receipt";
import { type Caller, maySend } from "../session/caller.ts";
import { usePage } from "../shell/context.ts";
import type { SendMode } from "./outgoing.ts";

/** How the files that come next are to be taken. */
export interface Choices {
  /** Undefined: each file's name and beginning decide. */
  readonly kind: UploadKind | undefined;
  readonly mode: SendMode;
  /** Empty: all stores. */
  readonly store: string;
}

const KINDS: readonly { readonly kind: UploadKind | undefined; readonly name: string }[] = [
  { kind: undefined, name: "By each file" },
  { kind: "inventory", name: "Inventory" },
  { kind: "invoice", name: "Invoices" },
];

const MODES: readonly { readonly mode: SendMode; readonly name: string; readonly says: string }[] = [
  {
    mode: "load",
    name: "Load",
    says: "The counts in the file become the stock; what it omits stays as it is.",
  },
  {
    mode: "validate",
    name: "Dry run",
    says: "Nothing is changed. You see what a load would do, and can then load it.",
  },
  {
    mode: "replace",
    name: "Replace",
    says: "The file is the whole stock of its stores: items that it omits are no longer listed or counted.",
  },
];

/** Invoices belong to no store. */
export const maySendInvoices = (caller: Caller): boolean => maySend(caller) && caller.stores === null;

export const SendChoices = ({
  choices,
  change,
}: {
  choices: Choices;
  change: (part: Partial<Choices>) => void;
}) => {
  const { caller } = usePage();
  const mode = MODES.find((one) => one.mode === choices.mode);
  return (
    <div class="send-choices">
      {maySendInvoices(caller) && (
        <Segments
          legend="What the files are"
          name="kind"
          options={KINDS.map(({ kind, name }) => ({
            name,
            checked: choices.kind === kind,
            choose: () => change({ kind }),
          }))}
        />
      )}
      {choices.kind !== "invoice" && (
        <>
          <Segments
            legend="What to do with inventory"
            name="mode"
            options={MODES.map(({ mode, name }) => ({
              name,
              checked: choices.mode === mode,
              choose: () => change({ mode }),
            }))}
          />
          <StoreChoice store={choices.store} choose={(store) => change({ store })} />
          <p class={choices.mode === "replace" ? "send-hint send-warning" : "send-hint"} role="status">
            {mode?.says}
          </p>
        </>
      )}
    </div>
  );
};

const Segments = ({
  legend,
  name,
  options,
}: {
  legend: string;
  name: string;
  options: readonly { readonly name: string; readonly checked: boolean; readonly choose: () => void }[];
}) => (
  <fieldset class="send-choice">
    <legend>{legend}</legend>
    <div class="segments">
      {options.map((option) => (
        <label key={option.name}>
          <input type="radio" name={name} checked={option.checked} onChange={option.choose} />
          <span>{option.name}</span>
        </label>
      ))}
    </div>
  </fieldset>
);

/** A caller of one store sends for that; one of several has to say for which. */
const StoreChoice = ({ store, choose }: { store: string; choose: (store: string) => void }) => {
  const { caller, stores } = usePage();
  const list = stores.list.value;
  if (caller.stores?.length === 1) {
    return (
      <p class="send-choice">
        Only rows of <strong>{caller.stores[0]}</strong> load: your key is for this store.
      </p>
    );
  }
  if (caller.stores !== null) {
    return (
      <label class="send-choice">
        Store
        <select value={store} onChange={(event) => choose(event.currentTarget.value)}>
          {caller.stores.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
    );
  }
  return (
    <label class="send-choice">
      Only this store (empty: all)
      <input
        type="text"
        list="send-stores"
        autocomplete="off"
        value={store}
        onInput={(event) => choose(event.currentTarget.value)}
      />
      <datalist id="send-stores">
        {list.state === "ready" && list.value.map(({ store: name }) => <option key={name} value={name} />)}
      </datalist>
    </label>
  );
};
