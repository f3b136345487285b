-- purpose: join leads that share a phone number and whose names do not conflict
-- grain: one row per pair of leads; at most max_leads * (max_leads - 1) / 2 pairs per number
-- reads: lead    writes: nothing (lead_key, anchor_key)
-- parameters: $max_leads
WITH numbered AS (
    SELECT lead_key, phone_e164 AS number FROM lead WHERE phone_e164 IS NOT NULL
    UNION
    SELECT lead_key, mobile_e164 FROM lead WHERE mobile_e164 IS NOT NULL
),
shared AS (
    SELECT number FROM numbered GROUP BY number HAVING count(*) BETWEEN 2 AND $max_leads
),
named AS (
    SELECT
        numbered.number,
        lead.lead_key,
        nullif(regexp_replace(strip_accents(lower(coalesce(
            lead.first_name, split_part(trim(lead.full_name), ' ', 1), ''))), '[^a-z]', '', 'g'), '')
            AS first_name,
        nullif(regexp_replace(strip_accents(lower(coalesce(
            lead.last_name,
            CASE WHEN contains(trim(lead.full_name), ' ')
                THEN split_part(trim(lead.full_name), ' ', -1) END,
            ''))), '[^a-z]', '', 'g'), '') AS last_name
    FROM numbered
    JOIN shared USING (number)
    JOIN lead USING (lead_key)
)
SELECT a.lead_key, b.lead_key AS anchor_key
FROM named AS a
JOIN named AS b ON a.number = b.number AND a.lead_key > b.lead_key
-- A name that is missing says nothing: joining on it would chain two people of one household
-- through a nameless third row. So both names must be there and agree, an initial being enough.
WHERE a.last_name = b.last_name
  AND (starts_with(a.first_name, b.first_name) OR starts_with(b.first_name, a.first_name))
