-- purpose: note by which rules a person must be served by somebody, or by nobody
-- grain: one row per person looked at and rule that a fact of any lead of theirs meets
-- reads: dedupe_link, those looked at, rule_frame (registered: number, rule, must), and what names the
--   leads that meet a fact, with the number of its rule    writes: route_rule
INSERT INTO route_rule BY NAME
SELECT DISTINCT dedupe_link.person_key, rule_frame.rule, rule_frame.must
FROM ({found}) AS found
JOIN dedupe_link USING (lead_key)
JOIN rule_frame USING (number)
SEMI JOIN ({among}) AS open_person
    ON open_person.person_key = dedupe_link.person_key
ORDER BY dedupe_link.person_key, rule_frame.rule
