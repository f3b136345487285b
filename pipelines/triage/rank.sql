-- purpose: put tonight's scored persons in one total order
-- grain: one row per scorable person
-- reads: eligibility, score, lead    writes: candidate
-- parameters: $value (worth of one conversion; 1 when none is set)
-- A turn of 1 is the best person of a contact point: several persons may share a mailbox or a number
-- (keys on too many leads join nobody), and each is used for one of them only.
CREATE OR REPLACE TEMP TABLE candidate AS
SELECT
    *,
    CASE WHEN email_point IS NULL THEN 1
        ELSE row_number() OVER (PARTITION BY email_point ORDER BY rank) END AS email_turn,
    CASE WHEN call_point IS NULL THEN 1
        ELSE row_number() OVER (PARTITION BY call_point ORDER BY rank) END AS phone_turn,
    CASE WHEN text_point IS NULL THEN 1
        ELSE row_number() OVER (PARTITION BY text_point ORDER BY rank) END AS sms_turn
FROM (
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
    lower(lead.email_key) AS email_point,
    coalesce(lead.phone_e164, lead.mobile_e164) AS call_point,
    coalesce(lead.mobile_e164, lead.phone_e164) AS text_point,
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
)
