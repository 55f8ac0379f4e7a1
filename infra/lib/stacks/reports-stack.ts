import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ReportTableDeclaration } from "@stockwire/contracts/topology";
import { Aws, Duration, Stack } from "aws-cdk-lib";
import { CfnNamedQuery, CfnWorkGroup } from "aws-cdk-lib/aws-athena";
import { CfnDatabase } from "aws-cdk-lib/aws-glue";
import type { Construct } from "constructs";
import { ACCESS_LOGS, abortAfter, createPrivateBucket } from "../constructs/private-bucket.ts";
import { createReportTable } from "../constructs/report-table.ts";
import { REPORT_BUCKET, REPORT_WORKGROUP, reportDatabaseOf } from "../report-names.ts";
import type { StockwireStackProps } from "./stack-props.ts";

const EXPENSES = join(import.meta.dirname, "../../../services/upload-api/src/reports/expenses.sql");

/** Invoices as tables, and who may ask how much of them. It holds nothing that cannot be made again. */
export class ReportsStack extends Stack {
  constructor(scope: Construct, id: string, { parameters, names, topology, ...props }: StockwireStackProps) {
    super(scope, id, props);
    const databaseName = reportDatabaseOf(names.environment);
    const database = new CfnDatabase(this, "Database", {
      catalogId: Aws.ACCOUNT_ID,
      databaseInput: { name: databaseName, description: "Invoices that Stockwire accepted" },
    });
    for (const [name, declaration] of Object.entries<ReportTableDeclaration>(topology.reportTables)) {
      const bucket = names.bucket(declaration.bucket);
      createReportTable(this, name, declaration, { databaseName, bucket }).addResourceDependency(database);
    }
    const bucketName = names.bucket(REPORT_BUCKET);
    createPrivateBucket(this, "answers", {
      bucketName,
      accessLogs: names.bucket(ACCESS_LOGS),
      retain: false,
      lifecycleRules: [
        abortAfter(1),
        { id: "expire", expiration: Duration.days(parameters.reports.resultDays) },
      ],
    });
    const workgroup = new CfnWorkGroup(this, "Workgroup", {
      name: names.of(REPORT_WORKGROUP),
      description: "Expense reports of Stockwire",
      recursiveDeleteOption: true,
      workGroupConfiguration: {
        // Whoever asks can neither send answers elsewhere nor lift the limit.
        enforceWorkGroupConfiguration: true,
        bytesScannedCutoffPerQuery: parameters.reports.scanLimitBytes,
        publishCloudWatchMetricsEnabled: true,
        engineVersion: { selectedEngineVersion: "Athena engine version 3" },
        resultConfiguration: {
          outputLocation: `s3://${bucketName}/`,
          encryptionConfiguration: { encryptionOption: "SSE_S3" },
          expectedBucketOwner: Aws.ACCOUNT_ID,
        },
      },
    });
    new CfnNamedQuery(this, "Expenses", {
      name: "expenses",
      description: "Totals by date; parameters: first and last date, in single quotes",
      database: databaseName,
      workGroup: workgroup.name,
      queryString: readFileSync(EXPENSES, "utf8"),
    }).addResourceDependency(workgroup);
  }
}
