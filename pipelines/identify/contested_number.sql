-- purpose: find the numbers where a name may be short for two: J. Smith beside John and Jane
-- grain: one row per number
-- reads: number_member, agreeing_pair    writes: temp table contested_number
CREATE OR REPLACE TEMP TABLE contested_number AS
WITH loose AS (
    SELECT
        pair.number_id, a.first_name AS first_a, a.last_name AS last_a,
        b.first_name AS first_b, b.last_name AS last_b
    FROM agreeing_pair AS pair
    JOIN number_member AS a ON pair.number_id = a.number_id AND pair.lead_key = a.lead_key
    JOIN number_member AS b ON pair.number_id = b.number_id AND pair.other_lead_key = b.lead_key
    WHERE NOT is_equal
)
SELECT DISTINCT loose.number_id
FROM loose
JOIN number_member AS c USING (number_id)
WHERE names_agree(first_a, last_a, c.first_name, c.last_name)
    <> names_agree(first_b, last_b, c.first_name, c.last_name)
