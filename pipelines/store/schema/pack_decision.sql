-- purpose: write the night's decisions as they are published: the five masks as one text
-- grain: one row per lead, in the order of the night
-- reads: work.decision, work.eligibility
-- writes: decision
-- parameters: none
INSERT INTO decision BY NAME
SELECT
    decided.run_id,
    decided.lead_key,
    decided.person_key,
    decided.is_eligible,
    decided.channel,
    decided.handler,
    decided.route,
    decided.verdict,
    decided.rank,
    decided.probability,
    decided.slice,
    person.region,
    coalesce(decided.email_reasons::VARCHAR, '') || ','
    || coalesce(decided.phone_reasons::VARCHAR, '') || ','
    || coalesce(decided.ai_voice_reasons::VARCHAR, '') || ','
    || coalesce(decided.sms_reasons::VARCHAR, '') || ','
    || coalesce(decided.mail_reasons::VARCHAR, '') AS packed_reasons,
    CASE WHEN decided.expected_value IS DISTINCT FROM decided.probability
        THEN decided.expected_value END AS own_expected_value
FROM work.decision AS decided
LEFT JOIN work.eligibility AS person
    ON decided.person_key = person.person_key
