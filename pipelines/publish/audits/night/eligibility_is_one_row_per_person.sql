-- purpose: every person has exactly one row of eligibility
-- grain: one number, the violations
-- reads: person, eligibility
-- As published it is a view of decision, so that nothing else counts its rows.
SELECT count(*)
FROM (SELECT person_key, count(*) AS verdicts FROM eligibility GROUP BY person_key) AS judged
FULL JOIN person USING (person_key)
WHERE judged.verdicts IS DISTINCT FROM 1 OR person.lead_count IS NULL
