-- purpose: write down what was decided about every lead, listed or not
-- grain: one row per lead
-- reads: dedupe_link, eligibility, candidate, listed    writes: decision
-- parameters: $run_id, $cheapest (cost of the cheapest lane; -1 when costs do not count),
--   $duplicate_mask (the bit of a lead that another one stands for)
INSERT INTO decision BY NAME
SELECT
    $run_id AS run_id,
    dedupe_link.lead_key,
    dedupe_link.person_key,
    is_representative AND is_open AS is_eligible,
    CASE WHEN is_representative THEN listed.channel END AS channel,
    CASE WHEN is_representative THEN listed.handler END AS handler,
    CASE WHEN is_representative THEN coalesce(listed.handler, 'none') ELSE 'none' END AS route,
    CASE
        WHEN NOT is_representative THEN 'duplicate'
        WHEN listed.person_key IS NOT NULL THEN 'listed'
        WHEN candidate.person_key IS NULL THEN 'not_eligible'
        WHEN candidate.must = 'none' THEN 'held_by_rule'
        WHEN candidate.gross_value <= $cheapest THEN 'not_worth_cost'
        ELSE 'below_capacity'
    END AS verdict,
    CASE WHEN is_representative THEN candidate.rank END AS rank,
    CASE WHEN is_representative THEN candidate.probability END AS probability,
    CASE WHEN is_representative
        THEN coalesce(listed.expected_value, candidate.gross_value) END AS expected_value,
    CASE WHEN is_representative AND listed.person_key IS NOT NULL
        THEN CASE WHEN listed.propensity IS NULL THEN 'exploit' ELSE 'explore' END END AS slice,
    CASE WHEN is_representative THEN listed.propensity END AS propensity,
    CASE WHEN is_representative THEN listed.assignee END AS assignee,
    CASE WHEN is_representative AND listed.is_to_verify THEN true END AS is_to_verify,
    eligibility.email_reasons | duplicate_bit AS email_reasons,
    eligibility.phone_reasons | duplicate_bit AS phone_reasons,
    eligibility.ai_voice_reasons | duplicate_bit AS ai_voice_reasons,
    eligibility.sms_reasons | duplicate_bit AS sms_reasons,
    eligibility.mail_reasons | duplicate_bit AS mail_reasons
FROM dedupe_link
JOIN eligibility USING (person_key)
LEFT JOIN candidate USING (person_key)
LEFT JOIN listed USING (person_key)
CROSS JOIN LATERAL (
    SELECT
        dedupe_link.lead_key = eligibility.lead_key AS is_representative,
        eligibility.email_reasons = 0
            OR eligibility.phone_reasons = 0
            OR eligibility.ai_voice_reasons = 0
            OR eligibility.sms_reasons = 0
            OR eligibility.mail_reasons = 0 AS is_open,
        (CASE WHEN dedupe_link.lead_key = eligibility.lead_key
            THEN 0 ELSE $duplicate_mask END)::UBIGINT AS duplicate_bit
) AS flag
ORDER BY dedupe_link.lead_key
