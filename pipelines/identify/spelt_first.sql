-- purpose: spell every first name once that a lead of a shared address or number has
-- grain: one row per text that was given
-- reads: shared_lead    writes: temp table spelt_first
CREATE OR REPLACE TEMP TABLE spelt_first AS
SELECT first_text, first_spelt(first_text) AS first_name
FROM (SELECT DISTINCT first_text FROM shared_lead WHERE first_text IS NOT NULL)
