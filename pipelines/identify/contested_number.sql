-- purpose: find the numbers where a name may be short for two: J. Smith beside John and Jane
-- grain: one row per number
-- reads: number_member    writes: temp table contested_number
CREATE OR REPLACE TEMP TABLE contested_number AS
WITH loose AS (
    SELECT
        a.number, a.first_name AS first_a, a.last_name AS last_a,
        b.first_name AS first_b, b.last_name AS last_b
    FROM number_member AS a
    JOIN number_member AS b ON a.number = b.number AND a.lead_key > b.lead_key
    WHERE names_agree(a.first_name, a.last_name, b.first_name, b.last_name)
        AND NOT names_equal(a.first_name, a.last_name, b.first_name, b.last_name)
)
SELECT DISTINCT loose.number
FROM loose
JOIN number_member AS c USING (number)
WHERE names_agree(first_a, last_a, c.first_name, c.last_name)
    <> names_agree(first_b, last_b, c.first_name, c.last_name)
