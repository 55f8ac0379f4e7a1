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
  ATHENA_DATABASE: Type.String({
    default: "",
    description: "database with the table invoices; needed with REPORT_ENGINE=athena",
  }),
});

const resources = {
  buckets: ["inventory", "results", "invoice-txt-src", "invoice-csv-dest"],
  tables: ["Inventory", "Uploads", "Stores", "Alerts", "Invoices", "Thresholds", "PendingUploads"],
  topics: ["NoStock"],
} as const satisfies ResourceNeeds;

/** Everything that the upload-api must be told. */
export const config = { settings, resources } satisfies ConfigDefinition<typeof settings, typeof resources>;

export type ApiConfig = Config<typeof settings, typeof resources>;
