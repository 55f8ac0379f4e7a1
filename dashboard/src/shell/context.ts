import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Api } from "../api/client.ts";
import type { Live } from "../live/live.ts";
import type { Caller } from "../session/caller.ts";
import type { Stores } from "../stock/stores.ts";

/** What every view of a signed-in page works with. */
export interface Page {
  readonly api: Api;
  readonly live: Live;
  readonly stores: Stores;
  /** Who signed in, and what they may do. */
  readonly caller: Caller;
}

export const PageContext = createContext<Page | undefined>(undefined);

export const usePage = (): Page => {
  const page = useContext(PageContext);
  if (!page) throw new Error("used outside of a signed-in page");
  return page;
};
