-- purpose: spell every last name once that a lead of a shared address or number has
-- grain: one row per text that was given
-- reads: shared_lead    writes: temp table spelt_last
CREATE OR REPLACE TEMP TABLE spelt_last AS
SELECT last_text, last_spelt(last_text) AS last_name
FROM (SELECT DISTINCT last_text FROM shared_lead WHERE last_text IS NOT NULL)
