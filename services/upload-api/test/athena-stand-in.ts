import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Test } from "tap";

/** A call as it came in: `StartQueryExecution` and the like, with its JSON. */
interface AthenaCall {
  readonly action: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export interface AthenaStandIn {
  readonly url: string;
  readonly calls: AthenaCall[];
  /** What GetQueryExecution answers, in order; the last one for ever. */
  states: Record<string, unknown>[];
  /** What GetQueryResults answers, a page each: rows of cells. */
  pages: (readonly string[])[][];
}

/** Speaks as much of Athena's protocol (AWS JSON 1.1) as a query takes; no emulator has Athena. */
export const startAthenaStandIn = async (t: Test): Promise<AthenaStandIn> => {
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    const action = String(request.headers["x-amz-target"]).replace("AmazonAthena.", "");
    const input = JSON.parse(body) as Record<string, unknown>;
    standIn.calls.push({ action, input });
    response.setHeader("content-type", "application/x-amz-json-1.1");
    response.end(JSON.stringify(answer(standIn, action, input)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const standIn: AthenaStandIn = { url: `http://127.0.0.1:${port}`, calls: [], states: [], pages: [] };
  t.teardown(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return standIn;
};

const answer = (
  { states, pages }: AthenaStandIn,
  action: string,
  input: Readonly<Record<string, unknown>>,
): unknown => {
  switch (action) {
    case "StartQueryExecution":
      return { QueryExecutionId: "query-1" };
    case "GetQueryExecution": {
      const Status = states.length > 1 ? states.shift() : states[0];
      return { QueryExecution: { QueryExecutionId: input.QueryExecutionId, Status } };
    }
    case "GetQueryResults": {
      const page = Number(input.NextToken ?? 0);
      const Rows = pages[page]?.map((cells) => ({ Data: cells.map((VarCharValue) => ({ VarCharValue })) }));
      return { ResultSet: { Rows }, ...(page + 1 < pages.length && { NextToken: String(page + 1) }) };
    }
    default:
      return {};
  }
};
