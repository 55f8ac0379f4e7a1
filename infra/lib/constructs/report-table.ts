import type { ReportTableDeclaration } from "@stockwire/contracts/topology";
import { Aws } from "aws-cdk-lib";
import { CfnTable } from "aws-cdk-lib/aws-glue";
import type { Construct } from "constructs";

/**
 * CSV objects as a table for Athena. Every column is text, and a row's cells may hold commas and quotes, so the
 * serialiser is OpenCSV's. By default it takes the backslash for an escape, which RFC 4180 does not know; the worker
 * writes none. Partitions are projected: a new date needs no crawler and no call.
 * @param bucket physical name
 */
export const createReportTable = (
  scope: Construct,
  name: string,
  { columns, partition, prefix }: ReportTableDeclaration,
  { databaseName, bucket }: { readonly databaseName: string; readonly bucket: string },
): CfnTable => {
  const column = (columnName: string) => ({ name: columnName, type: "string" });
  const location = `s3://${bucket}/${prefix}`;
  const projected = `projection.${partition.column}`;
  return new CfnTable(scope, `${name}-table`, {
    catalogId: Aws.ACCOUNT_ID,
    databaseName,
    tableInput: {
      name,
      tableType: "EXTERNAL_TABLE",
      partitionKeys: [column(partition.column)],
      parameters: {
        EXTERNAL: "TRUE",
        classification: "csv",
        "skip.header.line.count": "1",
        "projection.enabled": "true",
        [`${projected}.type`]: "date",
        [`${projected}.format`]: "yyyy-MM-dd",
        [`${projected}.range`]: partition.range.join(","),
        [`${projected}.interval`]: "1",
        [`${projected}.interval.unit`]: "DAYS",
        "storage.location.template": `${location}${partition.column}=\${${partition.column}}/`,
      },
      storageDescriptor: {
        columns: columns.map(column),
        location,
        inputFormat: "org.apache.hadoop.mapred.TextInputFormat",
        outputFormat: "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
        serdeInfo: {
          serializationLibrary: "org.apache.hadoop.hive.serde2.OpenCSVSerde",
          parameters: { separatorChar: ",", quoteChar: '"' },
        },
      },
    },
  });
};
