-- purpose: name the e-mail addresses that bounced, whoever has them
-- grain:   one row per folded address
-- reads:   lead, contact_attempt    writes: temporary table eligible_bounced
-- params:  as_of
CREATE OR REPLACE TEMP TABLE eligible_bounced AS
SELECT folded_email(email_key) AS name
FROM lead
WHERE email_key IS NOT NULL AND email_bounced_at < $as_of
UNION
SELECT folded_email(lead.email_key)
FROM contact_attempt
JOIN lead USING (lead_key)
WHERE contact_attempt.disposition = 'bounced' AND contact_attempt.channel = 'email'
    AND contact_attempt."at" < $as_of AND lead.email_key IS NOT NULL
