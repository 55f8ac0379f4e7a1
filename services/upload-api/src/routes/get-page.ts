import { resolve } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyPluginAsync, FastifyReply } from "fastify";
import type { ApiContext } from "../context.ts";
import { routeNotFound } from "../errors/api-error.ts";
import { contentSecurityPolicy, partOriginsOf } from "../page/content-security-policy.ts";
import { listFiles } from "../page/list-files.ts";
import { signInOf } from "../page/sign-in.ts";
import { ABOUT } from "./get-root.ts";

/** Their names carry a hash of what is in them. */
const FOR_EVER = { cacheControl: true, maxAge: "365d", immutable: true };
const ASK_AGAIN = { cacheControl: false };

/** The dashboard: a page that talks to this API like any other client of it. */
export const getPage = ({ settings, urlSigner, resources }: ApiContext) =>
  (async (app) => {
    const root = resolve(settings.DASHBOARD_DIR);
    const files = listFiles(root);
    const signIn = signInOf(settings);
    const open = { config: { access: "public" }, schema: { hide: true } } as const;
    await app.register(fastifyStatic, { root, serve: false, preCompressed: true, dotfiles: "ignore" });

    /** The first request waits for it: on AWS addresses are signed with credentials that have to be fetched. */
    let policy: Promise<string> | undefined;
    const policyOfPage = (): Promise<string> => {
      policy ??= partOriginsOf({ urlSigner, resources }).then((origins) =>
        contentSecurityPolicy(origins, signIn),
      );
      policy.catch(() => {
        policy = undefined;
      });
      return policy;
    };
    const sendAnew = (reply: FastifyReply, name: string): FastifyReply =>
      reply.header("cache-control", "no-cache").sendFile(name, ASK_AGAIN);

    app.get("/", open, async (request, reply) => {
      reply.header("vary", "accept");
      if (wantsJson(request.headers.accept)) return ABOUT;
      return sendAnew(reply.header("content-security-policy", await policyOfPage()), "index.html");
    });
    // Where the page finds its API: here, where it came from.
    app.get("/config.json", open, (_request, reply) =>
      reply.header("cache-control", "no-cache").send({ api: "", signIn }),
    );
    app.get<{ Params: { "*": string } }>("/assets/*", open, (request, reply) => {
      const name = `assets/${request.params["*"]}`;
      if (!files.has(name)) throw routeNotFound(request.method, `/${name}`);
      return reply.sendFile(name, FOR_EVER);
    });
    for (const name of files) {
      if (name.includes("/") || name === "index.html" || name === "config.json") continue;
      app.get(`/${name}`, open, (_request, reply) => sendAnew(reply, name));
    }
  }) satisfies FastifyPluginAsync;

/** Browsers ask for HTML; whoever takes anything (curl) is content with the page, too. */
const wantsJson = (accept = "*/*"): boolean =>
  accept.includes("application/json") && !accept.includes("text/html");
