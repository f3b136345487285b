-- purpose: keep what tells people apart; what too many leads have is a default and tells nothing
-- grain: one row per lead
-- reads: custom columns, filled in    writes: temp table identity_value
-- parameters: $max_leads of one value; of a date, also one in 200: days are few and people many
CREATE OR REPLACE TEMP TABLE identity_value AS
WITH given AS (FROM {given}),
usual_date AS (
    SELECT birth_date
    FROM given
    GROUP BY birth_date
    HAVING count(*) > greatest($max_leads, (SELECT count(birth_date) FROM given) // 200)
),
usual_number AS (
    SELECT person_number FROM given GROUP BY person_number HAVING count(*) > $max_leads
)
SELECT
    given.* REPLACE (
        CASE WHEN usual_date.birth_date IS NULL THEN given.birth_date END AS birth_date,
        CASE WHEN usual_number.person_number IS NULL THEN given.person_number END AS person_number)
FROM given
LEFT JOIN usual_date USING (birth_date)
LEFT JOIN usual_number USING (person_number)
