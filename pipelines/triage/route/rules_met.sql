-- purpose: how many people each rule speaks of, and for how many another decides
-- grain: two rows per rule
-- reads: route_rule    writes: nothing
WITH ranked AS (
    SELECT person_key, rule, must,
        CASE must WHEN 'none' THEN 3 WHEN 'human' THEN 2 ELSE 1 END AS strength
    FROM route_rule
),
met AS (
    SELECT rule, strength, max(strength) OVER (PARTITION BY person_key) AS strongest FROM ranked
)
SELECT 'rule_met' AS measure, rule AS detail, count(*) AS people, NULL::DOUBLE AS value
FROM met GROUP BY rule
UNION ALL
SELECT 'rule_overruled', rule, count(*), NULL
FROM met WHERE strength < strongest GROUP BY rule
