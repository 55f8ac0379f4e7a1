import type { Config, ConfigDefinition, ResourceNeeds } from "@stockwire/service-kit/config";
import { receiptSettings } from "@stockwire/service-kit/retention";
import { commonSettings } from "@stockwire/service-kit/run-service";
import { Type } from "typebox";

const settings = Type.Object({
  ...commonSettings,
  ...receiptSettings,
  PORT: Type.Integer({
    minimum: 0,
    maximum: 65_535,
    default: 8080,
    description: "port of the API; 0 takes any free one",
  }),
  HOST: Type.String({ default: "127.0.0.1", description: "address that the API listens on" }),
  MAX_UPLOAD_BYTES: Type.Integer({
    minimum: 1,
    default: 200 * 1024 * 1024,
    description: "largest file that is taken in, in bytes",
  }),
  MAX_PRESIGNED_BYTES: Type.Integer({
    minimum: 1,
    default: 2 * 1024 ** 3,
    description: "largest file that may be sent straight to S3 through presigned addresses, in bytes",
  }),
  PRESIGNED_PART_BYTES: Type.Integer({
    minimum: 5 * 1024 ** 2,
    default: 16 * 1024 ** 2,
    description:
      "smallest part of a presigned upload, in bytes; parts grow where a file would have more than 100",
  }),
  PRESIGNED_URL_SECONDS: Type.Integer({
    minimum: 1,
    maximum: 604_800,
    default: 3_600,
    description: "seconds that a presigned address works, if the role's credentials do not end before",
  }),
  PRESIGNED_UPLOAD_SECONDS: Type.Integer({
    minimum: 1,
    maximum: 86_400,
    default: 86_400,
    description: "seconds after which a presigned upload that was not completed is given up and removed",
  }),
  SWEEP_SECONDS: Type.Integer({
    minimum: 1,
    default: 600,
    description: "seconds between two looks for abandoned presigned uploads, each up to a fifth more",
  }),
  S3_PUBLIC_ENDPOINT: Type.String({
    default: "",
    description:
      "address of S3 as senders reach it, for presigned uploads, e.g. http://localhost:4566 where the services know " +
      "it as http://cloud:4566; empty: the one that this service uses",
  }),
  BODY_STALL_SECONDS: Type.Integer({
    minimum: 1,
    default: 60,
    description: "seconds without a byte after which an upload is ended with 408",
  }),
  BODY_MIN_BYTES_PER_SECOND: Type.Integer({
    minimum: 0,
    default: 256,
    description:
      "an upload whose client was waited for longer than BODY_STALL_SECONDS in all, and sent less than this, is ended with 408; 0: no limit",
  }),
  HEADERS_TIMEOUT_SECONDS: Type.Integer({
    minimum: 1,
    default: 20,
    description: "seconds within which all headers of a request have to come",
  }),
  MAX_CONNECTIONS: Type.Integer({
    minimum: 1,
    default: 4096,
    description: "open connections; further ones are closed at once",
  }),
  MAX_CONCURRENT_REQUESTS: Type.Integer({
    minimum: 1,
    default: 512,
    description: "requests at the same time, uploads included; further ones get 503",
  }),
  MAX_CONCURRENT_UPLOADS: Type.Integer({
    minimum: 1,
    default: 64,
    description: "uploads at the same time; further ones get 503 before their body is read",
  }),
  MAX_EVENT_STREAMS: Type.Integer({
    minimum: 0,
    default: 500,
    description: "streams of live events open at the same time; further ones get 503",
  }),
  MAX_EVENT_STREAMS_PER_CALLER: Type.Integer({
    minimum: 0,
    default: 100,
    description: "of these, those of one key or person",
  }),
  RATE_LIMIT_PER_MINUTE: Type.Integer({
    minimum: 0,
    default: 6000,
    description: "requests of one key in a minute; 0: no limit",
  }),
  ADDRESS_LIMIT_PER_MINUTE: Type.Integer({
    minimum: 0,
    default: 12_000,
    description: "requests of one client address in a minute, whatever their keys; 0: no limit",
  }),
  REFUSED_KEYS_PER_MINUTE: Type.Integer({
    minimum: 0,
    default: 60,
    description: "answers 401 to one client address in a minute, after which it gets 429; 0: no limit",
  }),
  TRUST_PROXY: Type.Integer({
    minimum: 0,
    maximum: 16,
    default: 0,
    description: "proxies in front whose x-forwarded-for is believed; 0: the address is the connection's",
  }),
  CORS_ORIGINS: Type.String({
    // No `*`, no path, no `null`: exact origins alone.
    pattern: "^(https?://[^/,\\s*]+(,\\s*https?://[^/,\\s*]+)*)?$",
    default: "",
    description:
      "origins whose pages may call the API, comma-separated like https://stock.example,https://till.example:8443; `*` is not taken; empty: none but its own",
  }),
  REPORT_ENGINE: Type.Union([Type.Literal("duckdb"), Type.Literal("athena")], {
    default: "duckdb",
    description: "what adds expenses up: duckdb, in this process, or athena",
  }),
  REPORT_MEMORY_MB: Type.Integer({
    minimum: 32,
    default: 256,
    description: "memory that DuckDB may take for a report, in megabytes; two reports run at once at most",
  }),
  ATHENA_WORKGROUP: Type.String({
    default: "",
    description: "workgroup whose configuration says where results go; needed with REPORT_ENGINE=athena",
  }),
  COGNITO_USER_POOL_ID: Type.String({
    default: "",
    description: "user pool whose people may call with their access tokens; empty: nobody signs in",
  }),
  COGNITO_CLIENT_ID: Type.String({
    default: "",
    description: "app client of that pool, or several with commas; needed with COGNITO_USER_POOL_ID",
  }),
  COGNITO_JWKS: Type.String({
    default: "",
    description:
      "the pool's public keys, as its /.well-known/jwks.json has them, for a network from which that cannot be fetched",
  }),
  COGNITO_DOMAIN: Type.String({
    pattern: "^(https://[^/,\\s*]+)?$",
    default: "",
    description:
      "address of the pool's sign-in pages, like https://stock.auth.eu-central-1.amazoncognito.com, to which the dashboard sends people; empty: the dashboard takes keys alone",
  }),
  DASHBOARD_DIR: Type.String({
    default: "",
    description: "directory of the built dashboard, which is then served at `/`; empty: no page",
  }),
  ATHENA_DATABASE: Type.String({
    default: "",
    description: "database with the table invoices; needed with REPORT_ENGINE=athena",
  }),
});

const resources = {
  buckets: ["inventory", "results", "invoice-txt-src", "invoice-csv-dest"],
  tables: [
    "Inventory",
    "Uploads",
    "Stores",
    "Alerts",
    "Invoices",
    "Thresholds",
    "PendingUploads",
    "IdempotencyKeys",
    "ApiKeys",
    "Events",
  ],
  topics: ["NoStock"],
} as const satisfies ResourceNeeds;

/** Everything that the upload-api must be told. */
export const config = { settings, resources } satisfies ConfigDefinition<typeof settings, typeof resources>;

export type ApiConfig = Config<typeof settings, typeof resources>;
