-- purpose: find records that a later record of the same file, with the same own id, replaces
-- grain: one row per replaced record
-- reads: the batch's Parquet file $path
-- writes: nothing
-- parameters: $path; the id column is filled in
SELECT DISTINCT landed.row_number::BIGINT AS row_number
FROM read_parquet($path) AS landed
INNER JOIN (
    SELECT __own_id__ AS own_id, max(row_number) AS last_row
    FROM read_parquet($path)
    GROUP BY __own_id__
    HAVING min(row_number) < max(row_number)
) AS repeated
    ON landed.__own_id__ = repeated.own_id AND landed.row_number < repeated.last_row
ORDER BY row_number
