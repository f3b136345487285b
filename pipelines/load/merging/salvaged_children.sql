-- purpose: find the leads of which a repaired record tells something that nobody has reviewed
-- grain: one row per repaired record of the table filled in
-- reads: the table filled in
-- writes: salvaged_row
-- parameters: $table; the table and its own id are filled in
-- A row may have waited for its lead, and another batch may have replaced it since.
UPDATE salvaged_row SET lead_key = NULL WHERE table_name = $table AND reviewed_by IS NULL;

UPDATE salvaged_row
SET lead_key = child.lead_key
FROM __table__ AS child
WHERE
    salvaged_row.table_name = $table
    AND salvaged_row.reviewed_by IS NULL
    AND child.batch_id = salvaged_row.batch_id
    AND child.__own_id__ = salvaged_row.row_id
