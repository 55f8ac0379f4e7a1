import type { LoadMode } from "@stockwire/contracts/object-metadata";

/** What a sender may ask for; an undoing has a route of its own. */
type RequestedMode = Exclude<LoadMode, "undo">;

export const isRequestedMode = (mode: string): mode is RequestedMode =>
  mode === "load" || mode === "replace" || mode === "validate";

export const MODE_DESCRIPTION =
  "`load`, the default; `replace`: items of its stores that the file omits are retired; `validate`: say what a load " +
  "would do, and change nothing";
