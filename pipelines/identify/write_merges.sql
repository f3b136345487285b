-- purpose: remember which person became which
-- grain: one row per former person and person that has leads of it now under another key
-- reads: moved_lead    writes: person_merge (appends)
-- parameters: $at, $run_id
INSERT INTO person_merge BY NAME
SELECT
    from_person_key,
    into_person_key,
    CASE WHEN bool_or(is_split) THEN 'split' ELSE 'merge' END AS kind,
    max(match_rule) AS rule,
    $at::TIMESTAMP AS "at",
    $run_id AS run_id
FROM moved_lead
WHERE from_person_key <> into_person_key
GROUP BY from_person_key, into_person_key
ORDER BY from_person_key, into_person_key
