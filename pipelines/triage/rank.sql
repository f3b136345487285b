-- purpose: put tonight's scored persons in one total order
-- grain: one row per scorable person
-- reads: eligibility, score, lead    writes: candidate
-- parameters: $value (worth of one conversion; 1 when none is set)
-- It is the turn of the best person of a contact point: several persons may share a mailbox or a number
-- (keys on too many leads join nobody), and each is used for one of them only.
CREATE OR REPLACE TEMP TABLE candidate AS
WITH ranked AS MATERIALIZED (
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
                -- isotonic plateaus never decide: the raw score does, or is the stated order
                score.raw_score DESC NULLS LAST,
                -- without a model the newest of those who stand alike in the stated order
                CASE WHEN score.probability IS NULL THEN lead.created_at END DESC NULLS LAST,
                lead.source_system,
                lead.source_id
        )::INTEGER AS rank
    FROM eligibility
    JOIN score USING (lead_key)
    JOIN lead USING (lead_key)
    WHERE eligibility.is_scorable
),
-- few contact points are shared, so the best of those is looked up and nobody else is sorted again
email AS (
    SELECT email_point, min(rank) AS best FROM ranked
    WHERE email_point IS NOT NULL GROUP BY email_point HAVING count(*) > 1
),
call AS (
    SELECT call_point, min(rank) AS best FROM ranked
    WHERE call_point IS NOT NULL GROUP BY call_point HAVING count(*) > 1
),
text AS (
    SELECT text_point, min(rank) AS best FROM ranked
    WHERE text_point IS NOT NULL GROUP BY text_point HAVING count(*) > 1
)
SELECT
    ranked.* EXCLUDE (email_point, call_point, text_point),
    coalesce(ranked.rank = email.best, true) AS is_email_turn,
    coalesce(ranked.rank = call.best, true) AS is_phone_turn,
    coalesce(ranked.rank = text.best, true) AS is_sms_turn
FROM ranked
LEFT JOIN email USING (email_point)
LEFT JOIN call USING (call_point)
LEFT JOIN text USING (text_point)
