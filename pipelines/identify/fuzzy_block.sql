-- purpose: name the leads that agree in one block, leaving out what too many agree in
-- grain: one row per lead of a group
-- reads: fuzzy_record    writes: nothing (lead_key, key)
-- parameters: $max_leads of a group, $max_pairs of the block: the smallest groups come first;
--   $only_changed: groups with a lead that has changed; {columns} are filled in
WITH keyed AS (
    SELECT lead_key, is_changed, hash({columns}) AS key
    FROM fuzzy_record
    WHERE {present}
),
grouped AS (
    SELECT key, count(*) AS leads
    FROM keyed
    GROUP BY key
    HAVING count(*) BETWEEN 2 AND $max_leads AND (bool_or(is_changed) OR NOT $only_changed)
),
size AS (
    SELECT leads, sum(sum(leads * (leads - 1) // 2)) OVER (ORDER BY leads) AS pairs
    FROM grouped
    GROUP BY leads
)
SELECT keyed.lead_key, keyed.key
FROM keyed
JOIN grouped USING (key)
WHERE grouped.leads <= (SELECT coalesce(max(leads), 0) FROM size WHERE pairs <= $max_pairs)
