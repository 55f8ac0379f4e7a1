import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { takenPort } from "../taken-port.ts";

/**
 * A second port, for the world outside a container: it takes presigned addresses, and what a browser asks before it
 * uses one, and nothing else. On the first port nobody is asked for anything.
 * @param handle what answers on the first port, and checks signatures
 * @returns how to close it
 * @throws Error whose message is one line for the user
 */
export const openPresignedPort = async (
  handle: ReturnType<typeof createServer>,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<() => Promise<void>> => {
  const server = createServer((request, response) => {
    if (isPresigned(request) || request.method === "OPTIONS") {
      handle.emit("request", request, response);
      return;
    }
    response.writeHead(403, { "content-type": "text/plain", connection: "close" });
    response.end("This port takes presigned addresses alone.\n");
  });
  // A part may take as long as it takes.
  server.requestTimeout = 0;
  try {
    server.listen(port, host);
    await once(server, "listening");
  } catch (cause) {
    const taken = (cause as NodeJS.ErrnoException).code === "EADDRINUSE";
    throw taken ? takenPort(port, "PRESIGNED_PORT", cause) : cause;
  }
  return async () => {
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  };
};

/** By the parameter for which signatures are checked where the request is answered. */
const isPresigned = ({ url = "" }: IncomingMessage): boolean =>
  new URLSearchParams(url.split("?")[1] ?? "").has("X-Amz-Signature");
