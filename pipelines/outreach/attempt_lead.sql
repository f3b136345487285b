-- purpose: the lead that an attempt was with, and what it is or was reached at
-- grain: the lead as it is, then one row per contact points that it had before
-- reads: lead, lead_snapshot    writes: nothing
-- parameters: $lead_key, or $source_system and $source_id
WITH own AS (
    SELECT lead_key, email, email_key, phone_e164, mobile_e164
    FROM lead
    WHERE __lead__
)
SELECT *, NULL AS address, 0 AS place FROM own
UNION ALL
SELECT lead_key, NULL, former.email_key, former.phone_e164, former.mobile_e164, NULL, 1
FROM own
JOIN lead_snapshot AS former USING (lead_key)
WHERE coalesce(former.email_key, former.phone_e164, former.mobile_e164) IS NOT NULL
ORDER BY place
