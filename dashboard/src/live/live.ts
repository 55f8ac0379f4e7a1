import { signal } from "@preact/signals";
import type { LiveEventName, LiveEvents } from "@stockwire/contracts/live-event";
import { EventSourceParserStream } from "eventsource-parser/stream";
import { type Api, pause } from "../api/client.ts";
import { ApiProblem } from "../api/problem.ts";

/** `connecting` at first; `live`; `reconnecting` after it was lost; `paused` while nobody looks. */
export type LiveState = "connecting" | "live" | "reconnecting" | "paused";

type Listeners = { readonly [Name in LiveEventName]: Set<(event: LiveEvents[Name]) => void> };

/** What happens, as it happens: one stream a page, resumed where it broke. */
export interface Live {
  readonly state: { readonly value: LiveState };
  /** Hears of events until the answered function is called. */
  readonly on: <Name extends LiveEventName>(
    name: Name,
    listener: (event: LiveEvents[Name]) => void,
  ) => () => void;
  /** Told when events may have been missed: what is shown has to be asked for anew. */
  readonly onReset: (listener: () => void) => () => void;
  readonly close: () => void;
}

/** The server says something at least every 15 s. */
const SILENCE_MS = 40_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;
/** A stream that lived this long was a good one. */
const GOOD_MS = 10_000;
/** Events are hints: what is shown is asked for anew after this long at most, each page at its own time. */
const REFRESH_MS = 12 * 60_000;
/** A page that nobody looks at gives its connection up after this long: browsers have six for one host. */
const HIDDEN_MS = 20_000;

/** @param from the position to begin at; undefined for a caller that may not read: nothing is ever heard */
export const connectLive = (api: Api, from: string | undefined): Live => {
  const state = signal<LiveState>("connecting");
  const listeners: Listeners = { stock: new Set(), receipt: new Set(), alerts: new Set() };
  const resets = new Set<() => void>();
  const closed = new AbortController();
  let attempt = new AbortController();
  let lastEventId = from;
  /** Milliseconds, as the server asks for. */
  let firstPause = FIRST_PAUSE_MS;
  let failures = 0;
  let wake: () => void = () => {};

  /** Also of a heartbeat. What was cut off behind it comes again: the server begins somewhat before an id. */
  const onId = (id: string): void => {
    lastEventId = id;
  };

  const onRetry = (milliseconds: number): void => {
    firstPause = Math.min(milliseconds, LONGEST_PAUSE_MS);
  };
  const reset = (): void => {
    for (const listener of resets) listener();
  };
  const dispatch = (name: string, data: string): void => {
    if (name === "reset") reset();
    if (!(name in listeners)) return;
    const event = JSON.parse(data);
    for (const listener of listeners[name as LiveEventName]) listener(event as never);
  };

  /** Reads one stream to its end. */
  const follow = async (signal: AbortSignal, restart: () => void): Promise<void> => {
    const answer = await api.open("/v1/events", {
      headers: { accept: "text/event-stream", ...(lastEventId && { "last-event-id": lastEventId }) },
      cache: "no-store",
      signal,
    });
    if (!answer.body) return;
    let silence = setTimeout(restart, SILENCE_MS);
    const heard = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform: (chunk, controller) => {
        clearTimeout(silence);
        silence = setTimeout(restart, SILENCE_MS);
        controller.enqueue(chunk);
      },
    });
    try {
      const events = answer.body
        .pipeThrough(heard)
        .pipeThrough(new TextDecoderStream())
        .pipeThrough(new EventSourceParserStream({ onId, onRetry }));
      state.value = "live";
      for await (const event of events) {
        dispatch(event.event ?? "message", event.data);
      }
    } finally {
      clearTimeout(silence);
    }
  };

  const run = async (): Promise<void> => {
    while (!closed.signal.aborted) {
      if (state.value === "paused") {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      const started = performance.now();
      attempt = new AbortController();
      const current = attempt;
      const signal = AbortSignal.any([closed.signal, current.signal]);
      try {
        await follow(signal, () => current.abort());
      } catch (error) {
        // The credential is asked for anew; this connection is of no more use.
        if (error instanceof ApiProblem && error.status === 401) return;
      }
      if (closed.signal.aborted) return;
      if ((state.value as LiveState) === "paused") continue;
      if (performance.now() - started > GOOD_MS) failures = 0;
      state.value = "reconnecting";
      const wait = Math.min(firstPause * 2 ** failures, LONGEST_PAUSE_MS) * (0.5 + Math.random() / 2);
      failures += 1;
      await Promise.race([pause(wait), new Promise<void>((resolve) => (wake = resolve))]);
    }
  };

  let hiding: ReturnType<typeof setTimeout> | undefined;
  const onVisibility = (): void => {
    clearTimeout(hiding);
    if (document.hidden) {
      hiding = setTimeout(() => {
        state.value = "paused";
        attempt.abort();
      }, HIDDEN_MS);
    } else if (state.value === "paused") {
      state.value = "reconnecting";
      wake();
    }
  };
  const onOnline = (): void => {
    failures = 0;
    wake();
  };
  document.addEventListener("visibilitychange", onVisibility);
  window.addEventListener("online", onOnline);
  const refreshing = setInterval(
    () => {
      if (state.value === "live") reset();
    },
    REFRESH_MS * (0.75 + Math.random() / 2),
  );
  onVisibility();
  if (from !== undefined) void run();

  const add = <Listener>(to: Set<Listener>, listener: Listener) => {
    to.add(listener);
    return () => void to.delete(listener);
  };
  return {
    state,
    on: (name, listener) => add(listeners[name] as Set<typeof listener>, listener),
    onReset: (listener) => add(resets, listener),
    close: () => {
      closed.abort();
      clearTimeout(hiding);
      clearInterval(refreshing);
      document.removeEventListener("visibilitychange", onVisibility);
      window.removeEventListener("online", onOnline);
      wake();
    },
  };
};
