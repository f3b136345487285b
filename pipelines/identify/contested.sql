-- purpose: find the e-mail addresses that people with conflicting names share: a family, a typist
-- grain: one row per address
-- reads: email_member    writes: temp table contested_email
CREATE OR REPLACE TEMP TABLE contested_email AS
SELECT DISTINCT a.email_key
FROM email_member AS a
JOIN email_member AS b ON a.email_key = b.email_key AND a.lead_key < b.lead_key
WHERE names_conflict(a.first_name, a.last_name, b.first_name, b.last_name)
    OR a.generation <> b.generation
