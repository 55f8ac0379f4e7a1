import { effect, signal } from "@preact/signals";

/** Transfers that end when the page does. Apart from the queue, so that the header needs none of its code. */
export const underWay = signal(0);

/** The browser asks in its own words. */
const warn = (event: BeforeUnloadEvent): void => event.preventDefault();

effect(() => {
  // A page with this listener is not kept for going back, so it is there only while it is needed.
  if (underWay.value > 0) addEventListener("beforeunload", warn);
  else removeEventListener("beforeunload", warn);
});
