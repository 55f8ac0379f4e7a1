import { Agent, type ClientRequest, type IncomingMessage, request } from "node:http";

const PATIENCE_MS = 60_000;

export interface Listeners {
  /** Resolves when every listener has got an event that holds `text`, with the time then, in epoch milliseconds. */
  readonly heard: (text: string) => Promise<number>;
  readonly close: () => void;
}

/** Opens so many streams of live events, each on a connection of its own. */
export const openListeners = async (url: string, apiKey: string, count: number): Promise<Listeners> => {
  const agent = new Agent({ keepAlive: false });
  const listeners = await Promise.all(Array.from({ length: count }, () => listen(url, apiKey, agent)));
  return {
    heard: async (text) => Math.max(...(await Promise.all(listeners.map(({ hears }) => hears(text))))),
    close: () => {
      for (const { outgoing } of listeners) outgoing.destroy();
    },
  };
};

const listen = async (url: string, apiKey: string, agent: Agent) => {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const outgoing: ClientRequest = request(
    `${url}/v1/events`,
    { agent, headers: { "x-api-key": apiKey } },
    resolve,
  );
  outgoing.on("error", reject).end();
  const response = await promise;
  if (response.statusCode !== 200) throw new Error(`an event stream was answered ${response.statusCode}`);
  let heard = "";
  let waiting: { readonly text: string; readonly resolve: (at: number) => void } | undefined;
  const look = (): void => {
    if (waiting === undefined || !heard.includes(waiting.text)) return;
    heard = "";
    waiting.resolve(Date.now());
    waiting = undefined;
  };
  response.setEncoding("utf8");
  response.on("data", (chunk: string) => {
    heard += chunk;
    look();
  });
  // Torn off at the end.
  response.on("error", () => {});
  const hears = (text: string): Promise<number> =>
    new Promise((done, fail) => {
      const late = setTimeout(() => fail(new Error(`${text} was not heard`)), PATIENCE_MS);
      waiting = {
        text,
        resolve: (at) => {
          clearTimeout(late);
          done(at);
        },
      };
      look();
    });
  return { outgoing, hears };
};
