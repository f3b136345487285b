-- purpose: find the leads that a repaired record made or changed
-- grain: one row per repaired lead record of the batch
-- reads: lead
-- writes: salvaged_row
-- parameters: $batch_id
-- A lead that was as the record says before stands on its old record, which nobody had to repair.
UPDATE salvaged_row
SET lead_key = lead.lead_key
FROM lead
WHERE
    salvaged_row.batch_id = $batch_id
    AND salvaged_row.table_name = 'lead'
    AND lead.batch_id = $batch_id
    AND lead.row_number = salvaged_row.row_number
