-- purpose: keep what tells people apart; what too many leads have is a default and tells nothing
-- grain: one row per lead
-- reads: custom columns, filled in    writes: temp table identity_value
-- parameters: $max_leads of one value; of a date, also one in 200: days are few and people many
CREATE OR REPLACE TEMP TABLE identity_value AS
WITH given AS (FROM {given}),
counted AS (
    SELECT *,
        count(*) OVER (PARTITION BY birth_date) AS born,
        count(birth_date) OVER () AS dates,
        count(*) OVER (PARTITION BY person_number) AS numbered
    FROM given
)
SELECT
    lead_key,
    CASE WHEN born <= greatest($max_leads, dates // 200) THEN birth_date END AS birth_date,
    CASE WHEN numbered <= $max_leads THEN person_number END AS person_number,
    suffix
FROM counted
