-- purpose: count what a column that tells of outcomes holds
-- grain: one row per value, the most frequent first; at most $limit
-- reads: the Parquet file $path
-- writes: nothing
-- parameters: $path, $limit; the expression that gives the cell is filled in
SELECT CAST(__cell__ AS VARCHAR) AS cell, count(*) AS records
FROM read_parquet($path)
WHERE __cell__ IS NOT NULL
GROUP BY cell
ORDER BY records DESC, cell
LIMIT $limit
