import { ApiProblem, readProblem, unreachable } from "./problem.ts";

/** Asks the API with the caller's credential. Every failure is an ApiProblem, but an abort stays an abort. */
export interface Api {
  /** Asks again, up to three times, what could not be reached or was turned away for a moment. */
  readonly get: <Answer>(path: string, options?: GetOptions) => Promise<Answer>;
  /** Once: what changes something is not repeated behind the reader's back. */
  readonly send: <Answer>(
    method: "POST" | "PUT" | "DELETE",
    path: string,
    options?: SendOptions,
  ) => Promise<Answer>;
  /** The answer as it comes, for streams, files and headers. */
  readonly open: (path: string, init?: RequestInit) => Promise<Response>;
  /** Address of a path, for XMLHttpRequest. */
  readonly addressOf: (path: string) => string;
  /** With the credential as it is now, for XMLHttpRequest too. */
  readonly headers: () => Promise<Record<string, string>>;
}

export type Query = Readonly<Record<string, string | number | undefined>>;

export interface GetOptions {
  readonly query?: Query;
  readonly signal?: AbortSignal;
}

interface SendOptions extends GetOptions {
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const ATTEMPTS = 3;
const FIRST_PAUSE_MS = 400;
const LONGEST_PAUSE_MS = 5_000;

/**
 * @param credential the key or token to show; asked for each request, as a token may be renewed; `anew` after one was
 * refused
 * @param onRefused told when the API does not take the credential (any longer)
 */
export const createApi = (
  origin: string,
  credential: (anew?: boolean) => Promise<string | undefined>,
  onRefused: () => void,
): Api => {
  const ask = (path: string, init: RequestInit, shown: string | undefined): Promise<Response> => {
    const headers = new Headers(init.headers);
    if (shown !== undefined) headers.set("authorization", `Bearer ${shown}`);
    return fetch(`${origin}${path}`, { ...init, headers }).catch((error: unknown) => {
      if (init.signal?.aborted) throw error;
      throw unreachable();
    });
  };
  const open = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const shown = await credential();
    let answer = await ask(path, init, shown);
    if (answer.status === 401) {
      const next = await credential(true);
      if (next !== shown) answer = await ask(path, init, next);
    }
    if (answer.ok) return answer;
    const problem = await readProblem(answer);
    if (problem.status === 401) onRefused();
    throw problem;
  };

  return {
    open,
    addressOf: (path) => `${origin}${path}`,
    headers: async () => {
      const shown = await credential();
      return shown === undefined ? {} : { authorization: `Bearer ${shown}` };
    },
    get: async <Answer>(path: string, { query, signal }: GetOptions = {}) => {
      for (let attempt = 1; ; attempt++) {
        try {
          const answer = await open(withQuery(path, query), signal ? { signal } : {});
          return (await answer.json()) as Answer;
        } catch (error) {
          if (attempt === ATTEMPTS || signal?.aborted || !isPassing(error)) throw error;
          await pause(pauseBefore(error, attempt), signal);
        }
      }
    },
    send: async <Answer>(method: string, path: string, options: SendOptions = {}) => {
      const { json, headers, query, signal } = options;
      const answer = await open(withQuery(path, query), {
        method,
        headers: { ...headers, ...(json !== undefined && { "content-type": "application/json" }) },
        ...(json !== undefined && { body: JSON.stringify(json) }),
        ...(signal && { signal }),
      });
      const text = await answer.text();
      return (text === "" ? undefined : JSON.parse(text)) as Answer;
    },
  };
};

/** `query` without what is undefined. */
export const withQuery = (path: string, query: Query = {}): string => {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) parameters.set(name, String(value));
  }
  return parameters.size === 0 ? path : `${path}?${parameters}`;
};

const isPassing = (error: unknown): boolean =>
  error instanceof ApiProblem && (error.status === 0 || error.status === 429 || error.status >= 502);

const pauseBefore = (error: unknown, attempt: number): number => {
  const asked = error instanceof ApiProblem ? error.retryAfter : undefined;
  const own = FIRST_PAUSE_MS * 2 ** attempt * (0.5 + Math.random());
  return Math.min(asked === undefined ? own : asked * 1000, LONGEST_PAUSE_MS);
};

/** Milliseconds; ends early, by throwing, when the signal does. */
export const pause = (milliseconds: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", end);
      resolve();
    }, milliseconds);
    if (signal?.aborted) end();
    else signal?.addEventListener("abort", end, { once: true });
  });
