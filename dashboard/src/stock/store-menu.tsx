import { goTo, linkTo } from "../router.ts";
import { usePage } from "../shell/context.ts";

/** Leads from any store to any other. */
export const StoreMenu = ({ current }: { current?: string }) => {
  const { stores } = usePage();
  const list = stores.list.value;
  const names = list.state === "ready" ? list.value.map(({ store }) => store) : [];
  const choose = (name: string): void => goTo(name === "" ? linkTo([]) : linkTo(["stores", name]));
  return (
    <label class="store-menu">
      Store
      <select
        value={current ?? ""}
        disabled={list.state !== "ready"}
        onChange={(event) => choose(event.currentTarget.value)}
      >
        <option value="">All stores</option>
        {current !== undefined && !names.includes(current) && <option value={current}>{current}</option>}
        {names.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
};
