import { signal } from "@preact/signals";

/** Whether the browser knows that it has no network. */
export const offline = signal(!navigator.onLine);
addEventListener("online", () => {
  offline.value = false;
});
addEventListener("offline", () => {
  offline.value = true;
});
