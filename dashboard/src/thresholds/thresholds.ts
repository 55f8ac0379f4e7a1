import type { Api } from "../api/client.ts";
import type { ThresholdSet } from "./rebase-thresholds.ts";

/** What stands, and the tag that a change of it is sent with. */
export interface StandingThresholds extends ThresholdSet {
  readonly etag: string;
}

export interface SavedThresholds extends StandingThresholds {
  /** Items that are low now and were not, or the reverse. */
  readonly changedLevels: number;
}

const pathOf = (store: string): string => `/v1/stores/${encodeURIComponent(store)}/thresholds`;

const read = async <Body extends ThresholdSet>(answer: Response): Promise<Body & { etag: string }> => {
  const body = (await answer.json()) as Body;
  return { ...body, etag: answer.headers.get("etag") ?? "*" };
};

export const readThresholds = async (
  api: Api,
  store: string,
  signal?: AbortSignal,
): Promise<StandingThresholds> => read(await api.open(pathOf(store), signal ? { signal } : {}));

/** Replaces all thresholds of the store, unless somebody did since (`thresholds_changed`). */
export const saveThresholds = async (
  api: Api,
  store: string,
  etag: string,
  { default: fallback, items }: ThresholdSet,
): Promise<SavedThresholds> =>
  read(
    await api.open(pathOf(store), {
      method: "PUT",
      headers: { "content-type": "application/json", "if-match": etag },
      body: JSON.stringify({ default: fallback, items }),
    }),
  );

/** The threshold that a field holds; undefined: none can be read from it. */
export const parseThreshold = (text: string): number | undefined =>
  /^\d{1,9}$/.test(text.trim()) ? Number(text.trim()) : undefined;
