import { computed, signal } from "@preact/signals";

/**
 * Views by the address's fragment, so that the page works from any static host without rules for paths:
 * `#/stores/Berlin?item=Echo%20Plus` is the parts `["stores", "Berlin"]` and the query `item`.
 */
export interface Route {
  readonly parts: readonly string[];
  readonly query: URLSearchParams;
}

const parse = (hash: string): Route => {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  const parts = path.split("/").filter((part) => part !== "");
  return { parts: parts.map(decode), query: new URLSearchParams(query) };
};

const decode = (part: string): string => {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // a stray per cent sign that somebody typed
  }
};

const hash = signal(location.hash);
addEventListener("hashchange", () => {
  hash.value = location.hash;
});

export const route = computed(() => parse(hash.value));

/** The address of a view. Parts are names as they are; undefined and empty query values are left out. */
export const linkTo = (
  parts: readonly string[],
  query: Readonly<Record<string, string | undefined>> = {},
): string => {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value) parameters.set(name, value);
  const path = parts.map(encodeURIComponent).join("/");
  return `#/${path}${parameters.size > 0 ? `?${parameters}` : ""}`;
};

/** @param options.replace where going back should not lead to the view that is left */
export const goTo = (address: string, { replace = false } = {}): void => {
  if (replace) {
    history.replaceState(null, "", address);
    hash.value = location.hash;
  } else {
    location.hash = address;
  }
};
