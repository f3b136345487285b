-- purpose: draw the leads that weights are counted in: whole persons, and others at random
-- grain: one row per lead
-- reads: fuzzy_key, label_frame (registered)    writes: temp table fuzzy_drawn
-- parameters: $persons, $others: one of so many is drawn
CREATE OR REPLACE TEMP TABLE fuzzy_drawn AS
SELECT lead_key, label_frame.person_key
FROM fuzzy_key
LEFT JOIN label_frame USING (lead_key)
WHERE hash(coalesce(label_frame.person_key, lead_key))
    % CASE WHEN label_frame.person_key IS NULL THEN $others ELSE $persons END = 0
