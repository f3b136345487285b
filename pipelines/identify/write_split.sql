-- purpose: let what was refused while leads were one person bind all of them for good
-- grain: one row per lead of a person that was split
-- reads: moved_lead, bound_lead    writes: bound_lead (appends)
-- parameters: $at
INSERT INTO bound_lead BY NAME
SELECT
    (SELECT coalesce(max(group_key), 0) FROM bound_lead WHERE reason = 'split')
    + dense_rank() OVER (ORDER BY from_person_key) AS group_key,
    lead_key,
    'split' AS reason,
    $at::TIMESTAMP AS since
FROM moved_lead
WHERE is_split
ORDER BY group_key, lead_key
