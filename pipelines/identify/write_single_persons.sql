-- purpose: persons of one lead, kept apart because they need no comparison and are the many
-- grain: one row per person
-- reads: written_link    writes: person
INSERT INTO person BY NAME
SELECT person_key, lead_key AS representative_lead_key, 1 AS lead_count
FROM written_link
WHERE match_rule = 'self'
