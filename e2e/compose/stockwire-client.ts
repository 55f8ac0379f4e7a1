import { isFinal, type Receipt } from "@stockwire/contracts/receipt";
import { until } from "./until.ts";

/** What stores, finance and operators see of a running stack, through its published ports alone. */
export const createClient = (api: string, prometheus: string, readApiKey: () => Promise<string>) => {
  let apiKey: Promise<string> | undefined;
  /** Read when it is first needed: there is none before the stack is up. */
  const withKey = async (): Promise<{ "x-api-key": string }> => {
    apiKey ??= readApiKey();
    return { "x-api-key": await apiKey };
  };

  const getJson = async <Body>(url: string, headers: Record<string, string> = {}): Promise<Body> => {
    const response = await fetch(url, { headers });
    if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Body;
  };
  const get = async <Body>(path: string): Promise<Body> => getJson(`${api}${path}`, await withKey());

  /** @returns its upload id */
  const send = async (path: string, type: string, body: string | Buffer): Promise<string> => {
    const response = await fetch(`${api}${path}`, {
      method: "POST",
      headers: { "content-type": type, ...(await withKey()) },
      body: typeof body === "string" ? body : new Uint8Array(body),
    });
    if (response.status !== 202) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    const { uploads } = (await response.json()) as { uploads: { uploadId: string }[] };
    return (uploads[0] as { uploadId: string }).uploadId;
  };
  const postJson = async <Body>(path: string, body: unknown): Promise<Body> => {
    const response = await fetch(`${api}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...(await withKey()) },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Body;
  };
  const receipt = (uploadId: string): Promise<Receipt> => get(`/v1/uploads/${uploadId}`);

  /** All counts of a store, by item. */
  const stock = async (store: string): Promise<Map<string, number>> => {
    const counts = new Map<string, number>();
    let cursor = "";
    do {
      const page: { items: { item: string; count: number }[]; cursor?: string } = await get(
        `/v1/stores/${encodeURIComponent(store)}/inventory?limit=1000${cursor && `&cursor=${cursor}`}`,
      );
      for (const { item, count } of page.items) counts.set(item, count);
      cursor = page.cursor ?? "";
    } while (cursor !== "");
    return counts;
  };

  /** The value of each series that a PromQL expression gives, by its labels. */
  /** @param at epoch seconds; default: now */
  const query = async (
    expression: string,
    at = Date.now() / 1000,
  ): Promise<{ labels: Record<string, string>; value: number }[]> => {
    const { data } = await getJson<{
      data: { result: { metric: Record<string, string>; value: [number, string] }[] };
    }>(`${prometheus}/api/v1/query?time=${at}&query=${encodeURIComponent(expression)}`);
    return data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
  };

  return {
    get,
    postJson,
    receipt,
    stock,
    query,
    sendInventory: (body: string | Buffer, filename = "stock.csv") =>
      send(`/v1/inventory?filename=${encodeURIComponent(filename)}`, "text/csv", body),
    sendInvoice: (body: Buffer, filename: string) =>
      send(`/v1/invoices?filename=${encodeURIComponent(filename)}`, "text/plain", body),
    ended: (uploadId: string, seconds = 120): Promise<Receipt> =>
      until(
        async () => {
          const current = await receipt(uploadId);
          return isFinal(current.status) ? current : undefined;
        },
        `upload ${uploadId} to end`,
        seconds,
      ),
    /** Names of the alert rules that Prometheus has loaded, sorted. */
    alertRules: async (): Promise<string[]> => {
      const { data } = await getJson<{ data: { groups: { rules: { name: string; type: string }[] }[] } }>(
        `${prometheus}/api/v1/rules`,
      );
      const rules = data.groups.flatMap(({ rules }) => rules);
      return rules.flatMap(({ name, type }) => (type === "alerting" ? [name] : [])).sort();
    },
  };
};
