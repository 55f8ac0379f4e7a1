import { BlockList, isIP } from "node:net";

export type Protocol = "email" | "sms" | "https";

/** RFC 5321: 64 before the @, 254 in all. Quoted local parts are left out; nobody has one. */
const EMAIL = /^[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+[a-z][a-z\d-]{1,62}$/i;
const MAX_EMAIL = 254;
/** E.164, as SNS takes it. */
const PHONE_NUMBER = /^\+[1-9]\d{6,14}$/;
const MAX_URL = 2_000;

/** Addresses that name no machine on the internet: RFC 6890's registries. */
const internal = new BlockList();
for (const [network, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 3],
] as const) {
  internal.addSubnet(network, prefix);
}
/** The only IPv6 addresses of the internet itself, without those that stand for an IPv4 one. */
const global6 = new BlockList();
global6.addSubnet("2000::", 3, "ipv6");
const tunnels6 = new BlockList();
tunnels6.addSubnet("2001::", 32, "ipv6");
tunnels6.addSubnet("2002::", 16, "ipv6");

/**
 * What is wrong with an endpoint, as the end of "The endpoint …"; undefined: nothing. An HTTPS endpoint is called by SNS
 * from AWS's own network, where a private address reaches nobody; it is refused all the same, since another cloud that
 * stands in for SNS may call from inside ours.
 */
export const faultOfEndpoint = (protocol: Protocol, endpoint: string): string | undefined => {
  if (protocol === "email") {
    return EMAIL.test(endpoint) && endpoint.length <= MAX_EMAIL ? undefined : "is no e-mail address";
  }
  if (protocol === "sms") {
    return PHONE_NUMBER.test(endpoint) ? undefined : "is no phone number like +4915112345678";
  }
  return faultOfUrl(endpoint);
};

const faultOfUrl = (endpoint: string): string | undefined => {
  const url = endpoint.length <= MAX_URL && /^\S+$/.test(endpoint) ? URL.parse(endpoint) : null;
  if (url === null || url.protocol !== "https:") return "is no https URL";
  if (url.username !== "" || url.password !== "") return "must not carry a user name or password";
  if (url.hash !== "") return "must not have a fragment";
  const host = url.hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  return isOnInternet(host) ? undefined : "is not an address on the internet";
};

const INTERNAL_NAME = /(?:^|\.)(?:localhost|local|internal|intranet|lan|home|corp|home\.arpa)$/;

/** Names are not looked up: what they lead to can change at any time. */
const isOnInternet = (host: string): boolean => {
  const version = isIP(host);
  if (version === 4) return !internal.check(host);
  if (version === 6) return global6.check(host, "ipv6") && !tunnels6.check(host, "ipv6");
  return host.includes(".") && !INTERNAL_NAME.test(host);
};
