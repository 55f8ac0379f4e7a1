import { EventSourceParserStream } from "eventsource-parser/stream";
import { until } from "./helpers.ts";

export interface ReadFrame {
  readonly id: string | undefined;
  readonly event: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into what they know
  readonly data: any;
}

/** Reads a stream of events in the background, as a page would. */
export const readStream = async (url: string, key: string, headers: Record<string, string> = {}) => {
  const stopping = new AbortController();
  const response = await globalThis.fetch(url, {
    headers: { "x-api-key": key, ...headers },
    signal: stopping.signal,
  });
  const frames: ReadFrame[] = [];
  const state = { response, frames, lastId: headers["last-event-id"] ?? "", ended: false };
  if (response.status !== 200 || response.body === null)
    throw new Error(`${response.status}: ${await response.text()}`);
  const parsed = response.body
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream());
  const reading = (async () => {
    for await (const { id, event, data } of parsed) {
      if (id !== undefined) state.lastId = id;
      frames.push({ id, event, data: JSON.parse(data) });
    }
  })()
    .catch(() => undefined)
    .finally(() => {
      state.ended = true;
    });
  return {
    ...state,
    get ended() {
      return state.ended;
    },
    get lastId() {
      return state.lastId;
    },
    /** Waits for the first frame that fits. */
    next: async (fits: (frame: ReadFrame) => boolean, what = "an event"): Promise<ReadFrame> => {
      await until(what, () => frames.some(fits));
      return frames.find(fits) as ReadFrame;
    },
    untilEnded: () => until("the stream ends", () => state.ended),
    close: async (): Promise<void> => {
      stopping.abort();
      await reading;
    },
  };
};
