-- purpose: sort landed child rows into new, changed and known ones, and find their lead
-- grain: one row per landed child record that no later one of its file replaces
-- reads: the batches' Parquet files $paths, superseded, lead, the table filled in
-- writes: temp table landed_child
-- parameters: $paths; the table, the id, the column lists and what is kept are filled in
-- A stored row without a name belongs to the lead of its own source that it named, or named none.
CREATE OR REPLACE TEMP TABLE landed_child AS
SELECT
    landed.*,
    own.lead_key,
    known.content IS NULL AS is_new,
    coalesce(known.content <> landed.content, false)
    OR known.content IS NOT NULL AND CASE
        WHEN known.lead_name IS NOT NULL
            THEN landed.__lead_id__ IS DISTINCT FROM known.lead_name
        ELSE landed.__lead_id__ IS NOT NULL AND own.lead_key IS DISTINCT FROM known.lead_key
    END AS is_changed
FROM (
    SELECT *, hash(__content__) AS content
    FROM read_parquet($paths)
    __kept__
) AS landed
LEFT JOIN (
    SELECT
        __own_id__,
        hash(__content__) AS content,
        __stored_key__ AS lead_key,
        __stored_name__ AS lead_name
    FROM __table__
    WHERE __scope__
) AS known
    ON landed.__own_id__ = known.__own_id__
LEFT JOIN (SELECT lead_key, source_system, source_id FROM lead) AS own
    ON landed.source_system = own.source_system AND landed.__lead_id__ = own.source_id
