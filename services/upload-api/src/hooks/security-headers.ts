import helmet from "@fastify/helmet";
import type { FastifyInstance } from "fastify";

/** Helmet's defaults, but plain HTTP on a private network must keep working: no upgrade to HTTPS. */
const CONTENT_SECURITY_POLICY = {
  useDefaults: false,
  directives: {
    "default-src": ["'self'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
    "object-src": ["'none'"],
    "img-src": ["'self'", "data:"],
    "form-action": ["'self'"],
  },
};

/** On every answer. Register before whatever may refuse a request. */
export const addSecurityHeaders = async (app: FastifyInstance): Promise<void> => {
  await app.register(helmet, { contentSecurityPolicy: CONTENT_SECURITY_POLICY });
};
