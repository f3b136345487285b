-- purpose: find the leads that share a number and whose names agree
-- grain: one row per number and pair of leads
-- reads: number_member    writes: temp table agreeing_pair
-- What names_agree and names_equal say, by joins on the names: few leads of a number have one name.
CREATE OR REPLACE TEMP TABLE agreeing_pair AS
SELECT
    a.number_id, a.lead_key, b.lead_key AS other_lead_key,
    a.is_mobile OR b.is_mobile AS is_mobile,
    a.bare_first = b.bare_first AS is_equal
FROM number_member AS a
JOIN number_member AS b
    ON a.number_id = b.number_id AND a.last_name = b.last_name AND a.lead_key > b.lead_key
WHERE firsts_agree(a.first_name, b.first_name)
UNION ALL
-- the names in the other order
SELECT a.number_id, a.lead_key, b.lead_key, a.is_mobile OR b.is_mobile, true
FROM number_member AS a
JOIN number_member AS b
    ON a.number_id = b.number_id AND a.bare_first = b.last_name AND a.last_name = b.bare_first
    AND a.lead_key > b.lead_key
WHERE a.last_name <> b.last_name
