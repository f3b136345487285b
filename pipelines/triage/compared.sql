-- purpose: what two decisions about the same night say of everybody who is on either list
-- grain: one row per person
-- reads: {before} and {after} (decisions), reason, lead    writes: nothing
-- parameters: none
-- reason_before is what closed, before, the channel that is used after; reason_after the other way.
WITH former AS (
    SELECT * FROM {before} WHERE verdict <> 'duplicate'
),
later AS (
    SELECT * FROM {after} WHERE verdict <> 'duplicate'
),
compared AS (
    SELECT
        later.person_key,
        coalesce(
            CASE WHEN later.verdict = 'listed' THEN later.lead_key END, former.lead_key
        ) AS lead_key,
        former.verdict AS verdict_before,
        later.verdict AS verdict_after,
        former.rank AS rank_before,
        later.rank AS rank_after,
        former.channel AS channel_before,
        later.channel AS channel_after,
        former.handler AS handler_before,
        later.handler AS handler_after,
        former.assignee AS assignee_before,
        later.assignee AS assignee_after,
        coalesce(later.probability, former.probability) AS probability,
        CASE later.channel
            WHEN 'email' THEN former.email_reasons WHEN 'phone' THEN former.phone_reasons
            WHEN 'ai_voice' THEN former.ai_voice_reasons WHEN 'sms' THEN former.sms_reasons
            WHEN 'mail' THEN former.mail_reasons
        END AS mask_before,
        CASE former.channel
            WHEN 'email' THEN later.email_reasons WHEN 'phone' THEN later.phone_reasons
            WHEN 'ai_voice' THEN later.ai_voice_reasons WHEN 'sms' THEN later.sms_reasons
            WHEN 'mail' THEN later.mail_reasons
        END AS mask_after
    FROM later
    JOIN former USING (person_key)
    WHERE former.verdict = 'listed' OR later.verdict = 'listed'
),
closed AS (
    SELECT
        compared.person_key,
        arg_min(reason.code, reason.bit)
            FILTER ((coalesce(mask_before, 0) >> reason.bit) & 1 = 1) AS reason_before,
        arg_min(reason.code, reason.bit)
            FILTER ((coalesce(mask_after, 0) >> reason.bit) & 1 = 1) AS reason_after
    FROM compared
    CROSS JOIN reason
    GROUP BY compared.person_key
)
SELECT
    compared.* EXCLUDE (mask_before, mask_after),
    lead.source_system,
    lead.source_id,
    closed.reason_before,
    closed.reason_after
FROM compared
JOIN closed USING (person_key)
JOIN lead ON lead.lead_key = compared.lead_key
ORDER BY coalesce(rank_after, rank_before), person_key
