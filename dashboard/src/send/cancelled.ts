/** What may be left of a file whose sending was ended by the reader. */
export type Left =
  | "nothing"
  /** Parts that the API could not be told to remove. */
  | "parts"
  /** All of it was on its way at some time, and nobody knows whether it got there. */
  | "perhaps all";

/** What is said of it. */
export const sayCancelled = (left: Left): string => {
  switch (left) {
    case "nothing":
      return "Cancelled; nothing of it is kept.";
    case "parts":
      return "Cancelled; what was sent of it is not loaded, and is removed within a day.";
    case "perhaps all":
      return "Cancelled, but it may have arrived before: then it loads all the same.";
  }
};

/** What is on its way as a whole cannot be called back, unless an attempt has failed since and is waited out. */
export const canCancel = (
  state: { readonly phase: string; readonly done?: number; readonly waitsFor?: string },
  bytes: number,
): boolean => {
  if (state.phase !== "sending") return state.phase === "waiting" || state.phase === "hashing";
  return state.waitsFor !== undefined || (state.done ?? 0) < bytes;
};
