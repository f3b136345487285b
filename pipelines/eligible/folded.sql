-- purpose: fold the addresses that are not folded already, once for all statements of this stage
-- grain:   one row per lead whose folded address differs from its own; most have none
-- reads:   lead    writes: temporary table eligible_folded
CREATE OR REPLACE TEMP TABLE eligible_folded AS
SELECT lead_key, name
FROM (
    SELECT lead_key, email_key, folded_email(email_key) AS name
    FROM lead
    WHERE lower(email_key) <> email_key OR contains(email_key, '+')
        OR suffix(email_key, '@gmail.com') OR suffix(email_key, '@googlemail.com')
) AS candidate
WHERE name <> email_key
