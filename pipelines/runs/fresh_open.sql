-- purpose: which channels are open for those who came to us, and who has to serve them
-- grain: one row per person for whom some channel is
-- reads: fresh_person, eligibility, route_rule    writes: nothing
-- parameters: $interval, the mask of the recontact interval: it paces us, not answers. A claim asks
--   again, and there only what was before they came is left aside.
SELECT
    fresh_person.lead_key,
    fresh_person.person_key,
    fresh_person.kind,
    fresh_person.came_at,
    ((eligibility.email_reasons & ~$interval::UBIGINT = 0)::INTEGER
    + 2 * (eligibility.phone_reasons & ~$interval::UBIGINT = 0)::INTEGER
    + 4 * (eligibility.ai_voice_reasons & ~$interval::UBIGINT = 0)::INTEGER
    + 8 * (eligibility.sms_reasons & ~$interval::UBIGINT = 0)::INTEGER
    + 16 * (eligibility.mail_reasons & ~$interval::UBIGINT = 0)::INTEGER) AS open_bits,
    rule.must
FROM fresh_person
JOIN eligibility USING (person_key)
LEFT JOIN (
    SELECT person_key, arg_max(must, CASE must WHEN 'none' THEN 3 WHEN 'human' THEN 2 ELSE 1 END)
        AS must
    FROM route_rule GROUP BY person_key
) AS rule ON rule.person_key = fresh_person.person_key
WHERE open_bits <> 0 AND rule.must IS DISTINCT FROM 'none'
ORDER BY fresh_person.came_at, fresh_person.lead_key
