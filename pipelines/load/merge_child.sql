-- purpose: sort landed child rows into new, changed and known ones, and find their lead
-- grain: one row per landed child record that no later one of the file replaces
-- reads: the batch's Parquet file $path, superseded, lead, the table filled in
-- writes: temp table landed_child
-- parameters: $path; the table, the id, the column lists and what is kept are filled in
CREATE OR REPLACE TEMP TABLE landed_child AS
SELECT
    landed.*,
    own.lead_key,
    known.content IS NULL AS is_new,
    coalesce(known.content <> landed.content, false) AS is_changed
FROM (
    SELECT *, hash(__columns__) AS content
    FROM read_parquet($path)
    WHERE __kept__
) AS landed
LEFT JOIN (
    SELECT __own_id__, hash(__columns__) AS content
    FROM __table__
    WHERE __scope__
) AS known
    ON landed.__own_id__ = known.__own_id__
LEFT JOIN (SELECT lead_key, source_system, source_id FROM lead) AS own
    ON landed.source_system = own.source_system AND landed.__lead_id__ = own.source_id
