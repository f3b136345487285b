-- purpose: name the leads that are compared in one block, the smallest groups first
-- grain: one row per lead of a group
-- reads: fuzzy_key, fuzzy_group    writes: temp table fuzzy_member (appends)
-- parameters: $max_pairs of the block, which bounds the time; $block, its number;
--   {columns}, {present} are filled in
INSERT INTO fuzzy_member
WITH size AS (
    SELECT leads, sum(sum(pairs)) OVER (ORDER BY leads) AS pairs
    FROM fuzzy_group
    WHERE is_compared
    GROUP BY leads
),
compared AS (
    SELECT key
    FROM fuzzy_group
    WHERE is_compared AND leads <= (SELECT max(leads) FROM size WHERE pairs <= $max_pairs)
)
SELECT lead_key, $block AS block, hash({columns}) AS key
FROM fuzzy_key
WHERE {present} AND hash({columns}) IN (SELECT key FROM compared)
