-- purpose: find the shared numbers that may belong to one person
-- grain: one row per number
-- reads: number_group, shared_point    writes: temp table trusted_number
-- parameters: $made_up: expression of numbers that are nobody's
CREATE OR REPLACE TEMP TABLE trusted_number AS
SELECT row_number() OVER () AS number_id, number
FROM number_group
WHERE number NOT IN (SELECT point FROM shared_point WHERE kind = 'phone' AND reason = 'crowded')
    AND NOT regexp_matches(number, $made_up)
