-- purpose: find known leads whose row says something new; an older record says nothing new
-- grain: one row per lead whose columns differ between the file and the store
-- reads: landed_key, the batch's Parquet file $path, the table filled in
-- writes: temp table changed_key
-- parameters: $path; the table and the two column lists are filled in
-- A 64-bit hash stands for the columns: both sides stay narrow, and a changed row is taken for an
-- unchanged one with a chance of 1 in 2^64. A known lead that the table has no row of, because no
-- earlier export had such columns, is as one whose columns are all empty.
INSERT INTO changed_key
SELECT landed_key.lead_key
FROM (
    SELECT row_number, hash(__landed_columns__) AS content
    FROM read_parquet($path)
) AS landed
INNER JOIN landed_key
    ON
        landed.row_number = landed_key.row_number
        AND NOT landed_key.is_new
        AND NOT landed_key.is_older
LEFT JOIN (
    SELECT lead_key, hash(__stored_columns__) AS content
    FROM __table__
) AS known
    ON landed_key.lead_key = known.lead_key
WHERE landed.content <> coalesce(known.content, hash(__nothing__))
