-- purpose: fold the addresses that are not folded already, once for all statements of this stage
-- grain:   one row per lead whose folded address differs from its own; most have none
-- reads:   lead    writes: temporary table eligible_folded
CREATE OR REPLACE TEMP TABLE eligible_folded AS
SELECT lead_key, name
FROM (
    SELECT lead_key, email_key, folded_email(email_key) AS name
    FROM (
        SELECT lead_key, email_key
        FROM lead
        -- told by the parts that are stored, so that few addresses are put together, each once
        WHERE own_email_key IS NOT NULL
            OR lower(email_local) <> email_local OR contains(email_local, '+')
            OR lower(email_domain) <> email_domain
            OR email_domain IN ('gmail.com', 'googlemail.com')
    ) AS chosen
) AS candidate
WHERE name <> email_key
