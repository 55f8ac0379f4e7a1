-- Run as it stands by Athena (Trino) and by DuckDB; parameters: first and last date, both included.
-- Every column is text. What an invoice does not state is empty and counts as 0.
SELECT
  dt AS "date",
  CAST(COUNT(*) AS VARCHAR) AS "invoices",
  CAST(SUM(CAST(COALESCE(NULLIF("amount", ''), '0') AS DECIMAL(38, 4))) AS VARCHAR) AS "amount",
  CAST(SUM(CAST(COALESCE(NULLIF("tax", ''), '0') AS DECIMAL(38, 4))) AS VARCHAR) AS "tax",
  CAST(SUM(CAST(COALESCE(NULLIF("total", ''), '0') AS DECIMAL(38, 4))) AS VARCHAR) AS "total"
FROM invoices
WHERE dt BETWEEN ? AND ?
GROUP BY dt
ORDER BY dt
