-- purpose: mark the repaired records that a person has accepted
-- grain: one row per repaired record
-- reads: accepted_frame (registered: batch_id, record; record 0 stands for the whole batch)
-- writes: salvaged_row
-- parameters: $flags_uncertain: the code of leads that only an unbroken record can free
UPDATE salvaged_row
SET reviewed_by = 'accepted'
FROM accepted_frame AS accepted
WHERE
    salvaged_row.reviewed_by IS NULL
    AND salvaged_row.batch_id = accepted.batch_id
    AND accepted.record IN (0, salvaged_row.row_number)
    -- Of what nobody could read there is nothing to accept.
    AND salvaged_row.table_name <> 'set aside'
    AND NOT contains(salvaged_row.repair, $flags_uncertain)
