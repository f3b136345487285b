-- purpose: keep the fuzzy pairs of leads that say what they said
-- grain: one row per pair
-- reads: dedupe_edge, identify_moved    writes: nothing
-- parameters: $weight
SELECT lead_key, other_lead_key, rule, weight
FROM dedupe_edge
WHERE rule = 'fuzzy' AND weight >= $weight
    AND lead_key NOT IN (SELECT lead_key FROM identify_moved)
    AND other_lead_key NOT IN (SELECT lead_key FROM identify_moved)
