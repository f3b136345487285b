-- purpose: find the leads with an open name that a batch brings in a record that was read
-- grain: one row per such lead
-- reads: the batch's Parquet file $path, lead, superseded, salvaged_row, unread_open
-- writes: temp table unread_brought
-- parameters: $path, $batch_id, $source_system
-- A record older than the lead was passed over by the merge and says nothing of it.
CREATE OR REPLACE TEMP TABLE unread_brought AS
SELECT lead.lead_key, lead.source_id, lower(landed.email_key) AS email
FROM read_parquet($path) AS landed
INNER JOIN lead
    ON lead.source_system = $source_system AND landed.source_id = lead.source_id
WHERE
    landed.row_number NOT IN (
        SELECT row_number FROM superseded WHERE batch_id = $batch_id
        UNION ALL
        SELECT row_number
        FROM salvaged_row
        WHERE batch_id = $batch_id AND table_name = 'lead'
    )
    AND (lead.modified_at IS NULL OR landed.modified_at >= lead.modified_at)
    AND (
        lead.lead_key IN (SELECT lead_key FROM unread_open WHERE lead_key IS NOT NULL)
        OR landed.source_id IN (SELECT source_id FROM unread_open WHERE source_id IS NOT NULL)
        OR lower(landed.email_key) IN (SELECT email FROM unread_open WHERE email IS NOT NULL)
    )
