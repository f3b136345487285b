-- purpose: note who asked to be served by a person, by any of their leads
-- grain: one row per person and rule that a fact of theirs meets
-- reads: lead, dedupe_link    writes: route_rule
INSERT INTO route_rule BY NAME
SELECT DISTINCT dedupe_link.person_key, 'assisted_channel' AS rule, 'human' AS must
FROM lead
JOIN dedupe_link USING (lead_key)
WHERE nullif(trim(lead.assisted_channel), '') IS NOT NULL
