-- purpose: put tonight's scored persons in one total order
-- grain: one row per scorable person
-- reads: eligibility, score, lead, route_rule    writes: candidate
-- parameters: those of the worth; {worth} is what a conversion of the lead is worth, {weight} what
--   ageing and last night's place make of it, {joins} the tables that these read
-- open_bits: 1 email, 2 phone, 4 ai_voice, 8 sms, 16 mail, as in the order of the channels.
CREATE OR REPLACE TEMP TABLE candidate AS
SELECT
    eligibility.person_key,
    eligibility.lead_key,
    eligibility.region,
    score.probability,
    score.probability * {worth} AS gross_value,
    {weight} AS weight,
    rule.must,
    ((eligibility.email_reasons = 0)::UTINYINT
    + 2 * (eligibility.phone_reasons = 0)::UTINYINT
    + 4 * (eligibility.ai_voice_reasons = 0)::UTINYINT
    + 8 * (eligibility.sms_reasons = 0)::UTINYINT
    + 16 * (eligibility.mail_reasons = 0)::UTINYINT)::UTINYINT AS open_bits,
    row_number() OVER (
        ORDER BY
            score.probability * {worth} * {weight} DESC NULLS LAST,
            -- isotonic plateaus never decide: the raw score does, or is the stated order
            score.raw_score DESC NULLS LAST,
            -- without a model the newest of those who stand alike in the stated order
            CASE WHEN score.probability IS NULL THEN lead.created_at END DESC NULLS LAST,
            lead.source_system,
            lead.source_id
    )::INTEGER AS rank
FROM eligibility {joins}
JOIN score USING (lead_key)
JOIN lead USING (lead_key)
LEFT JOIN (
    -- nobody is stronger than a person, and a person than a machine
    SELECT person_key, arg_max(must, CASE must WHEN 'none' THEN 3 WHEN 'human' THEN 2 ELSE 1 END)
        AS must
    FROM route_rule GROUP BY person_key
) AS rule ON rule.person_key = eligibility.person_key
WHERE eligibility.is_scorable
