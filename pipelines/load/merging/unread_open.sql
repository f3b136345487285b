-- purpose: find the open names in set-aside records of some batches
-- grain: one row per open name and lead it is the name of
-- reads: salvaged_row
-- writes: temp table unread_open
-- parameters: $batches
CREATE OR REPLACE TEMP TABLE unread_open AS
SELECT
    row_id,
    lead_key,
    CASE WHEN row_id LIKE 'id:%' THEN substr(row_id, 4) END AS source_id,
    CASE WHEN row_id LIKE 'email:%' THEN substr(row_id, 7) END AS email
FROM salvaged_row
WHERE
    reviewed_by IS NULL
    AND table_name = 'set aside'
    AND batch_id IN (SELECT unnest($batches::VARCHAR[]))
