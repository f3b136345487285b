-- purpose: write one part of the night's decisions as they are published: five masks as one text
-- grain: one row per lead of the part
-- reads: work.decision, work.eligibility, work.score
-- writes: stored_decision
-- parameters: none; the part and its order, which a join need not keep, are filled in
INSERT INTO stored_decision BY NAME
SELECT
    decided.run_id,
    decided.lead_key,
    decided.is_eligible,
    decided.channel,
    decided.handler,
    decided.route,
    decided.verdict,
    decided.rank,
    decided.probability,
    decided.slice,
    decided.propensity,
    decided.assignee,
    decided.is_to_verify,
    nullif(decided.person_key, decided.lead_key) AS own_person_key,
    person.region,
    coalesce(decided.email_reasons::VARCHAR, '') || ','
    || coalesce(decided.phone_reasons::VARCHAR, '') || ','
    || coalesce(decided.ai_voice_reasons::VARCHAR, '') || ','
    || coalesce(decided.sms_reasons::VARCHAR, '') || ','
    || coalesce(decided.mail_reasons::VARCHAR, '') AS packed_reasons,
    CASE WHEN decided.expected_value IS DISTINCT FROM decided.probability
        THEN decided.expected_value END AS own_expected_value,
    -- one model scores a night
    CASE WHEN score.score_source <> 'none' THEN (SELECT max(model_id) FROM work.score) END
        AS model_id,
    score.raw_score,
    score.percentile,
    score.score_source
FROM work.decision AS decided
LEFT JOIN work.eligibility AS person
    ON decided.person_key = person.person_key
LEFT JOIN (SELECT * FROM work.score WHERE __is_ranked__) AS score
    ON decided.lead_key = score.lead_key
WHERE __part__
