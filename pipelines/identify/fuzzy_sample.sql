-- purpose: draw the leads that weights are counted in: whole persons, and others at random
-- grain: one row per lead
-- reads: fuzzy_record, label_frame (registered)    writes: nothing
-- parameters: $persons, $others: one of so many is drawn; {columns} are filled in
SELECT fuzzy_record.lead_key, {columns}, label_frame.person_key
FROM fuzzy_record
LEFT JOIN label_frame USING (lead_key)
WHERE hash(coalesce(label_frame.person_key, fuzzy_record.lead_key))
    % CASE WHEN label_frame.person_key IS NULL THEN $others ELSE $persons END = 0
ORDER BY lead_key
