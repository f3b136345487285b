-- purpose: put tonight's scored persons in one total order
-- grain: one row per scorable person
-- reads: eligibility, score, lead    writes: candidate
-- parameters: $value (worth of one conversion; 1 when none is set)
CREATE OR REPLACE TEMP TABLE candidate AS
SELECT
    eligibility.person_key,
    eligibility.lead_key,
    score.probability,
    score.probability * $value AS gross_value,
    nullif(trim(lead.assisted_channel), '') IS NOT NULL AS needs_human,
    eligibility.email_reasons,
    eligibility.phone_reasons,
    eligibility.ai_voice_reasons,
    eligibility.sms_reasons,
    eligibility.mail_reasons,
    row_number() OVER (
        ORDER BY
            score.probability * $value DESC NULLS LAST,
            -- isotonic plateaus never decide: the raw score breaks them
            score.raw_score DESC NULLS LAST,
            -- without a model the stated order is newest first
            CASE WHEN score.raw_score IS NULL THEN lead.created_at END DESC NULLS LAST,
            lead.source_system,
            lead.source_id
    )::INTEGER AS rank
FROM eligibility
JOIN score USING (lead_key)
JOIN lead USING (lead_key)
WHERE eligibility.is_scorable
