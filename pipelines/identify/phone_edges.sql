-- purpose: join leads that share a phone number, whose names agree and whom nothing tells apart
-- grain: one row per pair of leads; at most max_leads * (max_leads - 1) / 2 pairs per number
-- reads: scoped_lead, number_group, shared_point    writes: nothing (lead_key, other_lead_key)
WITH shared AS (
    SELECT number
    FROM number_group
    WHERE number NOT IN (
        SELECT point FROM shared_point WHERE kind = 'phone' AND reason = 'crowded')
),
held AS (
    SELECT lead_key, number FROM scoped_lead JOIN shared ON phone_e164 = number
    UNION
    SELECT lead_key, number FROM scoped_lead JOIN shared ON mobile_e164 = number
),
named AS (
    SELECT
        held.number, lead.lead_key, lead.mobile_e164,
        coalesce(lead.mobile_e164 = held.number, false) AS is_mobile,
        untagged(lead.email_key) AS email,
        split_part(lead.email_key, '@', 2) AS mail_host,
        words(lead.company) AS company,
        words(lead.city) AS city,
        first_of(lead.first_name, lead.full_name) AS first_name,
        last_of(lead.last_name, lead.full_name) AS last_name,
        generation_of(lead.first_name, lead.last_name, lead.full_name) AS generation
    FROM held
    JOIN scoped_lead AS lead USING (lead_key)
)
SELECT DISTINCT a.lead_key, b.lead_key AS other_lead_key
FROM named AS a
JOIN named AS b ON a.number = b.number AND a.lead_key > b.lead_key
WHERE names_agree(a.first_name, a.last_name, b.first_name, b.last_name)
    -- a father and his son share a landline
    AND a.generation IS NOT DISTINCT FROM b.generation
    -- Two people of one name at one switchboard have mobiles of their own,
    AND NOT coalesce(a.mobile_e164 <> b.mobile_e164, false)
    -- or both another address and another company.
    AND NOT coalesce(a.email <> b.email AND a.company <> b.company, false)
    -- A landline is a household's or a firm's: no two mailboxes of one host, no two addresses
    -- without one company, and, where only the name is left, no two towns.
    AND (a.is_mobile OR b.is_mobile OR NOT (
        coalesce(a.email <> b.email
            AND (a.mail_host = b.mail_host OR a.company IS DISTINCT FROM b.company
                OR a.company IS NULL), false)
        OR coalesce(a.city <> b.city AND a.company IS NULL AND b.company IS NULL
            AND coalesce(a.email <> b.email, true), false)))
