-- purpose: pair leads by plain rules where there are too few to learn weights from
-- grain: one row per pair
-- reads: fuzzy_key    writes: nothing (lead_key, other_lead_key, weight)
-- parameters: $weight, given to every pair; $max_leads of one name
WITH named AS (
    SELECT *, count(*) OVER (PARTITION BY first_name, last_name) AS namesakes
    FROM fuzzy_key
    WHERE first_name IS NOT NULL AND last_name IS NOT NULL
)
SELECT a.lead_key, b.lead_key AS other_lead_key, $weight::DOUBLE AS weight
FROM named AS a
JOIN named AS b
    ON a.first_name = b.first_name AND a.last_name = b.last_name AND a.lead_key > b.lead_key
WHERE a.namesakes <= $max_leads
    AND (a.birth_date = b.birth_date OR a.person_number = b.person_number
        OR a.company = b.company
        OR (a.street = b.street AND (a.postal_code = b.postal_code OR a.city = b.city)))
    AND NOT coalesce(a.birth_date <> b.birth_date, false)
    AND NOT coalesce(a.person_number <> b.person_number, false)
ORDER BY a.lead_key, b.lead_key
