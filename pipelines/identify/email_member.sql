-- purpose: name the leads that share an e-mail address which may belong to one person
-- grain: one row per lead
-- reads: shared_lead, spelt_first, spelt_last    writes: temp table email_member
CREATE OR REPLACE TEMP TABLE email_member AS
SELECT anchor_key, lead_key, first_name, last_name, generation
FROM shared_lead
LEFT JOIN spelt_first USING (first_text)
LEFT JOIN spelt_last USING (last_text)
WHERE anchor_key IS NOT NULL
