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
        held.number, lead.lead_key, lead.email_key, lead.mobile_e164,
        folded(lead.company) AS company,
        first_of(lead.first_name, lead.full_name) AS first_name,
        last_of(lead.last_name, lead.full_name) AS last_name
    FROM held
    JOIN scoped_lead AS lead USING (lead_key)
)
SELECT DISTINCT a.lead_key, b.lead_key AS other_lead_key
FROM named AS a
JOIN named AS b ON a.number = b.number AND a.lead_key > b.lead_key
WHERE names_agree(a.first_name, a.last_name, b.first_name, b.last_name)
    -- Two people of one name at one switchboard have mobiles of their own,
    AND NOT coalesce(a.mobile_e164 <> b.mobile_e164, false)
    -- or both another address and another company.
    AND NOT coalesce(a.email_key <> b.email_key AND a.company <> b.company, false)
