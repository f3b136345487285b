-- purpose: keep the scores of who is held back for the control group, who is not to be listed
-- grain: one row per person held back
-- reads: score, eligibility    writes: control_score
-- parameters: none
CREATE OR REPLACE TABLE control_score AS
SELECT eligibility.person_key, score.lead_key, score.probability
FROM score
JOIN eligibility USING (lead_key)
WHERE NOT eligibility.is_scorable
