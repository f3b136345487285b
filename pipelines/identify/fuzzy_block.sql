-- purpose: count the leads that agree in one block
-- grain: one row per group of at least two leads
-- reads: fuzzy_key    writes: temp table fuzzy_group
-- parameters: $max_leads of a group; $only_changed: groups with a lead that has changed;
--   {columns}, {present} are filled in
CREATE OR REPLACE TEMP TABLE fuzzy_group AS
SELECT
    hash({columns}) AS key,
    count(*) AS leads,
    count(*) * (count(*) - 1) // 2 AS pairs,
    count(*) <= $max_leads AND (bool_or(is_changed) OR NOT $only_changed) AS is_compared
FROM fuzzy_key
WHERE {present}
GROUP BY key
HAVING count(*) > 1
