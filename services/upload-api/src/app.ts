import { randomUUID } from "node:crypto";
import multipart from "@fastify/multipart";
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from "fastify";
import type { ApiContext } from "./context.ts";
import { answerUnparsable } from "./errors/answer-unparsable.ts";
import { routeNotFound } from "./errors/api-error.ts";
import { countRefusal } from "./errors/count-refusal.ts";
import { renderProblem } from "./errors/render-problem.ts";
import { allowOrigins, parseOrigins } from "./hooks/allow-origins.ts";
import { authenticate } from "./hooks/authenticate.ts";
import { drainRefusedBodies } from "./hooks/drain-refused-bodies.ts";
import { letGoWhenStopping } from "./hooks/let-go-when-stopping.ts";
import { limitConcurrency } from "./hooks/limit-concurrency.ts";
import { limitRates } from "./hooks/limit-rates.ts";
import { observeRequests } from "./hooks/observe-requests.ts";
import { refuseForeignPages } from "./hooks/refuse-foreign-pages.ts";
import { refuseOtherMethods } from "./hooks/refuse-other-methods.ts";
import { refuseUnknownQueries } from "./hooks/refuse-unknown-queries.ts";
import { addSecurityHeaders } from "./hooks/security-headers.ts";
import { MULTIPART_OPTIONS } from "./intake/receive-files.ts";
import { addOpenApi } from "./open-api.ts";
import { completeUpload } from "./routes/complete-upload.ts";
import { deleteSubscription } from "./routes/delete-subscription.ts";
import { deleteUpload } from "./routes/delete-upload.ts";
import { exportInvoices } from "./routes/export-invoices.ts";
import { getEvents } from "./routes/get-events.ts";
import { getExpenses } from "./routes/get-expenses.ts";
import { getInvoice } from "./routes/get-invoice.ts";
import { getMe } from "./routes/get-me.ts";
import { getPage } from "./routes/get-page.ts";
import { getProblem } from "./routes/get-problem.ts";
import { getRejectedRows } from "./routes/get-rejected-rows.ts";
import { getRoot } from "./routes/get-root.ts";
import { getThresholds } from "./routes/get-thresholds.ts";
import { getUpload } from "./routes/get-upload.ts";
import { getUploadFile } from "./routes/get-upload-file.ts";
import { listAlerts } from "./routes/list-alerts.ts";
import { listChanges } from "./routes/list-changes.ts";
import { listInvoices } from "./routes/list-invoices.ts";
import { listStoreInventory } from "./routes/list-store-inventory.ts";
import { listStores } from "./routes/list-stores.ts";
import { listSubscriptions } from "./routes/list-subscriptions.ts";
import { listUploads } from "./routes/list-uploads.ts";
import { postInventory } from "./routes/post-inventory.ts";
import { postInvoices } from "./routes/post-invoices.ts";
import { postSubscription } from "./routes/post-subscription.ts";
import { postUndo } from "./routes/post-undo.ts";
import { postUploads } from "./routes/post-uploads.ts";
import { putThresholds } from "./routes/put-thresholds.ts";
import { uploadParts } from "./routes/upload-parts.ts";

const ROUTES = [
  getProblem,
  getMe,
  postInventory,
  postInvoices,
  postUploads,
  uploadParts,
  completeUpload,
  deleteUpload,
  listUploads,
  getUpload,
  getUploadFile,
  getRejectedRows,
  listChanges,
  postUndo,
  listStores,
  listStoreInventory,
  getThresholds,
  putThresholds,
  listAlerts,
  getEvents,
  listSubscriptions,
  postSubscription,
  deleteSubscription,
  listInvoices,
  getInvoice,
  exportInvoices,
  getExpenses,
] as const;

/** Longer than the 60 s for which load balancers keep a connection, so that never both ends decide at once. */
const KEEP_ALIVE_MILLISECONDS = 65_000;
/** How often connections are looked at for headers that do not come. */
const CHECKING_MILLISECONDS = 1_000;
/** A store name of 128 characters, percent-encoded. */
const MAX_PATH_PARAMETER = 2_048;

/** The whole API, ready to listen or to be injected into; never listens itself. */
export const buildApp = async (context: ApiContext): Promise<FastifyInstance> => {
  const { settings } = context;
  const app = fastify({
    loggerInstance: context.log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    // Bodies take as long as they take; one that stalls is ended where it is read.
    requestTimeout: 0,
    http: {
      headersTimeout: settings.HEADERS_TIMEOUT_SECONDS * 1000,
      connectionsCheckingInterval: CHECKING_MILLISECONDS,
    },
    // Hop 0 is who holds the connection.
    trustProxy: settings.TRUST_PROXY > 0 && ((_address, hop) => hop < settings.TRUST_PROXY),
    keepAliveTimeout: KEEP_ALIVE_MILLISECONDS,
    // While stopping, what still comes over an open connection is served, and the connection then closed.
    return503OnClosing: false,
    routerOptions: { maxParamLength: MAX_PATH_PARAMETER },
    ajv: { customOptions: { removeAdditional: false } },
    frameworkErrors: (error, request, reply) => void renderProblem(error, request, reply),
    clientErrorHandler: answerUnparsable,
  });
  app.server.maxConnections = settings.MAX_CONNECTIONS;
  app.setErrorHandler((error, request, reply) => {
    countRefusal(context.metrics, error);
    return renderProblem(error, request, reply);
  });
  app.setNotFoundHandler((request) => {
    throw routeNotFound(request.method, request.url.split("?", 1)[0] ?? "");
  });
  // Uploads read the stream themselves, so no body is parsed before its route runs; see acceptJson for the others.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, _payload, done) => done(null));
  await app.register(multipart, MULTIPART_OPTIONS);

  observeRequests(app, context.metrics);
  drainRefusedBodies(app);
  letGoWhenStopping(app);
  await addSecurityHeaders(app);
  const origins = parseOrigins(settings.CORS_ORIGINS);
  await allowOrigins(app, origins);
  refuseForeignPages(app, origins);
  const rates = await limitRates(app, settings);
  rates.perAddress();
  limitConcurrency(app, settings);
  authenticate(app, context, rates.onRefusedKey);
  rates.perKey();
  await addOpenApi(app);
  refuseUnknownQueries(app);
  const refuseTheRest = refuseOtherMethods(app);
  await app.register(settings.DASHBOARD_DIR === "" ? getRoot() : getPage(context));
  for (const route of ROUTES) await app.register(route(context));
  refuseTheRest();
  app.addHook("onClose", () => context.live.stop());
  return app;
};
