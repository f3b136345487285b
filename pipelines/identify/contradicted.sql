-- purpose: find the leads of one component that cannot be one person
-- grain: one row per pair and what tells them apart: suffix or birth_date
-- reads: suspect_said    writes: nothing
-- parameters: $mistakes that a date of birth may have
WITH pair AS (
    SELECT
        a.group_key, a.lead_key, b.lead_key AS other_lead_key,
        a.suffix <> b.suffix AS is_other_suffix,
        damerau_levenshtein(a.birth_date, b.birth_date) > $mistakes
            -- one number or one address is one person, whatever the date of birth is said to be
            AND coalesce(damerau_levenshtein(a.person_number, b.person_number) > 2, true)
            AND coalesce(a.email_key <> b.email_key, true) AS is_other_date
    FROM suspect_said AS a
    JOIN suspect_said AS b ON a.group_key = b.group_key AND a.lead_key > b.lead_key
)
SELECT group_key, lead_key, other_lead_key, 'suffix' AS what FROM pair WHERE is_other_suffix
UNION ALL
SELECT group_key, lead_key, other_lead_key, 'birth_date' FROM pair WHERE is_other_date
