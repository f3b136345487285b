-- purpose: find the e-mail addresses that several leads have
-- grain: one row per address
-- reads: scoped_lead    writes: temp table email_group
CREATE OR REPLACE TEMP TABLE email_group AS
SELECT email_key, min(lead_key) AS anchor_key, count(*) AS leads
FROM scoped_lead
WHERE email_key IS NOT NULL
GROUP BY email_key
HAVING count(*) > 1
