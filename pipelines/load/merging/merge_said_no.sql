-- purpose: keep a no that a changed row does not say any more, or says of another lead: it was said
-- grain: one row per stored row that says no and is about to be replaced
-- reads: landed_child, the table filled in
-- writes: consent_event
-- parameters: $table, $at; the table, its id, its scope and what says no are filled in
INSERT INTO consent_event BY NAME
SELECT
    'said in ' || $table || '/' || __own_id__ || '/' || coalesce(lead_key::VARCHAR, contact_key, '')
        AS consent_id,
    lead_key,
    source_system,
    lead_source_id,
    contact_key,
    'opt_out' AS status,
    "at" AS captured_at,
    'an earlier export of this ' || $table AS capture_source,
    $at::TIMESTAMP AS ingested_at,
    batch_id
FROM __table__
WHERE
    __scope__
    AND __says_no__
    AND __own_id__ IN (SELECT __own_id__ FROM landed_child WHERE is_changed)
    AND 'said in ' || $table || '/' || __own_id__ || '/'
    || coalesce(lead_key::VARCHAR, contact_key, '') NOT IN (
        SELECT consent_id
        FROM consent_event
        WHERE consent_id IS NOT NULL AND __scope__
    )
