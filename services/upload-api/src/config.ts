import type { Config, ConfigDefinition, ResourceNeeds } from "@stockwire/service-kit/config";
import { commonSettings } from "@stockwire/service-kit/run-service";
import { Type } from "typebox";

const settings = Type.Object({
  ...commonSettings,
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
  BODY_STALL_SECONDS: Type.Integer({
    minimum: 1,
    default: 60,
    description: "seconds without a byte after which an upload is ended with 408",
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
  ATHENA_DATABASE: Type.String({
    default: "",
    description: "database with the table invoices; needed with REPORT_ENGINE=athena",
  }),
});

const resources = {
  buckets: ["inventory", "results", "invoice-txt-src", "invoice-csv-dest"],
  tables: ["Inventory", "Uploads", "Stores", "Alerts", "Invoices", "ApiKeys"],
} as const satisfies ResourceNeeds;

/** Everything that the upload-api must be told. */
export const config = { settings, resources } satisfies ConfigDefinition<typeof settings, typeof resources>;

export type ApiConfig = Config<typeof settings, typeof resources>;
