-- purpose: join leads that share a phone number, whose names agree and whom nothing tells apart
-- grain: one row per pair of leads; at most max_leads * (max_leads - 1) / 2 pairs per number
-- reads: agreeing_pair, contested_number, shared_lead    writes: nothing (lead_key, other_lead_key)
WITH pair AS MATERIALIZED (
    SELECT
        pair.lead_key, pair.other_lead_key, pair.is_mobile,
        untagged(a.email_key) AS email_a, untagged(b.email_key) AS email_b,
        a.company AS company_a, b.company AS company_b, a.city AS city_a, b.city AS city_b
    FROM agreeing_pair AS pair
    JOIN shared_lead AS a ON pair.lead_key = a.lead_key
    JOIN shared_lead AS b ON pair.other_lead_key = b.lead_key
    -- what may be short for two names is short for neither
    WHERE (is_equal OR number_id NOT IN (SELECT number_id FROM contested_number))
        -- a father and his son share a landline
        AND a.generation IS NOT DISTINCT FROM b.generation
        -- two people of one name at one switchboard have mobiles of their own
        AND NOT coalesce(a.mobile_e164 <> b.mobile_e164, false)
),
-- Most have one address, and then nothing tells them apart: only the others are spelt and looked at.
doubtful AS MATERIALIZED (
    SELECT
        lead_key, other_lead_key, is_mobile, email_a <> email_b AS is_other_email,
        split_part(email_a, '@', 2) = split_part(email_b, '@', 2) AS is_one_host,
        words(company_a) AS company_a, words(company_b) AS company_b,
        words(city_a) AS city_a, words(city_b) AS city_b
    FROM pair
    WHERE (email_a = email_b) IS NOT TRUE
)
SELECT lead_key, other_lead_key FROM pair WHERE email_a = email_b
UNION
SELECT lead_key, other_lead_key
FROM doubtful
-- not both another address and another company
WHERE NOT coalesce(is_other_email AND company_a <> company_b, false)
    -- A landline is a household's or a firm's: no two mailboxes of one host, no two addresses
    -- without one company, and, where only the name is left, no two towns.
    AND (is_mobile OR NOT (
        coalesce(is_other_email
            AND (is_one_host OR company_a IS DISTINCT FROM company_b OR company_a IS NULL), false)
        OR coalesce(city_a <> city_b AND company_a IS NULL AND company_b IS NULL
            AND coalesce(is_other_email, true), false)))
