-- purpose: name the persons whose row must be written anew
-- grain: one row per person, former or present
-- reads: dedupe_link (as stored), identify_scope, written_link    writes: temp table touched_person
CREATE OR REPLACE TEMP TABLE touched_person AS
SELECT person_key FROM dedupe_link SEMI JOIN identify_scope USING (lead_key)
UNION
SELECT person_key FROM written_link
