/** Names that the reports and the API, which asks them, must agree on. */
export const REPORT_WORKGROUP = "reports";

/** Bucket of Athena's answers. */
export const REPORT_BUCKET = "reports";

/** Glue takes no hyphens where SQL is to do without quotes. */
export const reportDatabaseOf = (environment: string): string => `stockwire_${environment}`;
