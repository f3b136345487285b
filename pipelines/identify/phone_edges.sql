-- purpose: join leads that share a phone number, whose names agree and whom nothing tells apart
-- grain: one row per pair of leads; at most max_leads * (max_leads - 1) / 2 pairs per number
-- reads: number_member, contested_number    writes: nothing (lead_key, other_lead_key)
SELECT DISTINCT a.lead_key, b.lead_key AS other_lead_key
FROM number_member AS a
JOIN number_member AS b ON a.number = b.number AND a.lead_key > b.lead_key
WHERE names_agree(a.first_name, a.last_name, b.first_name, b.last_name)
    -- what may be short for two names is short for neither
    AND (a.number NOT IN (SELECT number FROM contested_number)
        OR names_equal(a.first_name, a.last_name, b.first_name, b.last_name))
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
