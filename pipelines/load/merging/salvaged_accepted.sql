-- purpose: mark the repaired records that a person has accepted
-- grain: one row per repaired record
-- reads: accepted_frame (registered: batch_id, record; record 0 stands for the whole batch)
-- writes: salvaged_row
-- parameters: none
UPDATE salvaged_row
SET reviewed_by = 'accepted'
FROM accepted_frame AS accepted
WHERE
    salvaged_row.reviewed_by IS NULL
    AND salvaged_row.batch_id = accepted.batch_id
    AND accepted.record IN (0, salvaged_row.row_number)
