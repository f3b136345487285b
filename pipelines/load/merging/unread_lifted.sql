-- purpose: close the open names of leads that a batch brings in records that were read
-- grain: one row per open name
-- reads: unread_brought
-- writes: salvaged_row
-- parameters: $batch_id, $batches
UPDATE salvaged_row
SET reviewed_by = $batch_id
WHERE
    reviewed_by IS NULL
    AND table_name = 'set aside'
    AND batch_id IN (SELECT unnest($batches::VARCHAR[]))
    AND (
        row_id IN (SELECT 'id:' || source_id FROM unread_brought)
        OR row_id IN (SELECT 'email:' || email FROM unread_brought WHERE email IS NOT NULL)
        OR lead_key IN (SELECT lead_key FROM unread_brought)
    )
