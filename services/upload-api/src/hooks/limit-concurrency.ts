import type { FastifyInstance, FastifyRequest } from "fastify";
import type { ApiConfig } from "../config.ts";
import { overloaded } from "../errors/api-error.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** True where the body holds files, which take memory and time. */
    takesFiles?: true;
    /** True where the answer has no end; such are counted by themselves once they have begun. */
    streams?: true;
  }
}

/**
 * Turns requests away while there are too many, before their body is read, so that those that are under way come to
 * their end. What a request takes is given back when its answer is out or its client gone; an upload's place only when
 * its work has ended too, as its files are in memory until then. Register before the routes.
 */
export const limitConcurrency = (app: FastifyInstance, settings: ApiConfig["settings"]): void => {
  const requests = createPlaces(settings.MAX_CONCURRENT_REQUESTS);
  const uploads = createPlaces(settings.MAX_CONCURRENT_UPLOADS);
  const leaves = new WeakMap<FastifyRequest, () => void>();
  const held = new WeakMap<FastifyRequest, UploadPlace>();

  app.addHook("onRequest", async (request, reply) => {
    const leave = requests.take();
    if (!leave) throw overloaded("requests", settings.MAX_CONCURRENT_REQUESTS);
    reply.raw.once("close", leave);
    if (request.routeOptions.config.streams) leaves.set(request, leave);
    if (request.routeOptions.config.takesFiles !== true) return;
    const leaveUpload = uploads.take();
    if (!leaveUpload) throw overloaded("uploads", settings.MAX_CONCURRENT_UPLOADS);
    const place: UploadPlace = { leave: leaveUpload, working: false };
    held.set(request, place);
    reply.raw.once("close", () => {
      if (!place.working) place.leave();
    });
  });

  app.addHook("onSend", async (request) => leaves.get(request)?.());

  app.addHook("onRoute", (route) => {
    if (route.config?.takesFiles !== true) return;
    const { handler } = route;
    route.handler = async function (request, reply) {
      const place = held.get(request);
      if (place) place.working = true;
      try {
        return await handler.call(this, request, reply);
      } finally {
        place?.leave();
      }
    };
  });
};

interface UploadPlace {
  readonly leave: () => void;
  working: boolean;
}

/** `take` answers how to leave again, which may be called more than once; undefined when all places are taken. */
const createPlaces = (max: number) => {
  let taken = 0;
  return {
    take: (): (() => void) | undefined => {
      if (taken >= max) return undefined;
      taken += 1;
      let left = false;
      return () => {
        if (left) return;
        left = true;
        taken -= 1;
      };
    },
  };
};
