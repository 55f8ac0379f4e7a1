import type { IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import type { FastifyInstance } from "fastify";
import { crossSiteRequest, unknownHost } from "../errors/api-error.ts";

const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "TRACE"]);
const LOOPBACK_ADDRESS = /^(?:127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/;
const LOOPBACK_NAME = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/**
 * While there are no keys, whoever reaches the service may use it, and a web page that its user happens to open can
 * reach what the user can. Two guards:
 *
 * - Requests that change something are refused where they come from another site's page. `text/plain` and forms are
 *   sent without a preflight (Fetch, "CORS-safelisted request-header"), so a browser would not ask first.
 * - A service that listens on a loopback address alone answers to loopback names alone. Otherwise a page could let its
 *   own name point to 127.0.0.1 (DNS rebinding) and be of the same origin. The status is 421, which says just this
 *   (RFC 9110, 15.5.20: the target is none that this server answers for); 403 would be about who asks. A service
 *   opened to a network has names that it does not know, so there this guard is off.
 *
 * @param allowed origins whose pages may call all the same (CORS)
 */
export const refuseForeignPages = (app: FastifyInstance, allowed: ReadonlySet<string>): void => {
  // The strict side until it is known; of several addresses the first may be called before all listen.
  let localOnly = true;
  app.addHook("onListen", async () => {
    localOnly = app.addresses().every(isLoopbackAddress);
  });
  app.addHook("onRequest", async ({ method, headers }) => {
    // Browsers always send it; only HTTP/1.0 may come without.
    const { host } = headers;
    if (localOnly && host !== undefined && !isLoopbackName(host)) throw unknownHost(host);
    const mayCome = SAFE_METHODS.has(method) || (headers.origin !== undefined && allowed.has(headers.origin));
    const foreign = mayCome ? undefined : foreignPageOf(headers);
    if (foreign !== undefined) throw crossSiteRequest(foreign);
  });
};

/** A string is a Unix socket, which no page reaches. */
const isLoopbackAddress = (bound: AddressInfo | string): boolean =>
  typeof bound !== "string" && LOOPBACK_ADDRESS.test(bound.address);

const isLoopbackName = (host: string): boolean => {
  const hostname = URL.parse(`http://${host}`)?.hostname;
  return hostname !== undefined && LOOPBACK_NAME.test(hostname);
};

/**
 * What the browser says of the page that sent a request; undefined for our own pages, for a user who typed the address,
 * and outside browsers. A page can set neither header. `sec-fetch-site` decides where it is sent, as it stays right
 * behind a proxy that changes the host and for our own forms, whose origin is `null` under `no-referrer`. Browsers
 * leave it out over plain HTTP on a network and, if old, altogether: then `origin` has to name our host.
 */
const foreignPageOf = ({ "sec-fetch-site": site, origin, host }: IncomingHttpHeaders): string | undefined => {
  if (site !== undefined) return site === "same-origin" || site === "none" ? undefined : String(site);
  if (origin === undefined) return undefined;
  return host !== undefined && URL.parse(origin)?.host === host.toLowerCase() ? undefined : origin;
};
