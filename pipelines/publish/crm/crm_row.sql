-- purpose: what a CRM is told of each lead of one of its files
-- grain: one row per lead, in order of lead_key
-- reads: crm_changed, decision, lead, list_reason, contact_attempt, dedupe_link    writes: nothing
-- parameters: $source, $decided_on
-- note: what is no longer so is written out, because an empty cell leaves a CRM's field as it was.
WITH tried AS (
    SELECT
        dedupe_link.person_key,
        count(*) AS attempts,
        max(attempt."at") AS last_at
    FROM contact_attempt AS attempt
    JOIN dedupe_link USING (lead_key)
    SEMI JOIN crm_changed USING (person_key)
    GROUP BY dedupe_link.person_key
),
spoken AS (
    -- as in list.sql: what speaks for the lead; where no single field does, all of them together
    SELECT
        lead_key,
        coalesce(
            list(left(reason, 255) ORDER BY position)
            FILTER (WHERE field IS NOT NULL AND contribution > 0),
            [left(any_value(reason) FILTER (WHERE field IS NULL), 255)]
        ) AS reasons
    FROM list_reason
    GROUP BY lead_key
)
SELECT
    lead.source_id AS id,
    decision.lead_key::VARCHAR AS key,
    round(coalesce(decision.percentile, 0), 1) AS score,
    CASE
        WHEN decision.percentile >= 99 THEN 'A'
        WHEN decision.percentile >= 90 THEN 'B'
        WHEN decision.percentile >= 50 THEN 'C'
        WHEN decision.percentile IS NOT NULL THEN 'D'
        ELSE 'none'
    END AS band,
    coalesce(spoken.reasons[1], 'none') AS reason_1,
    coalesce(spoken.reasons[2], 'none') AS reason_2,
    coalesce(spoken.reasons[3], 'none') AS reason_3,
    CASE WHEN decision.verdict = 'listed' THEN
        CASE WHEN decision.is_to_verify THEN 'verify the address, then ' ELSE '' END
        || CASE decision.channel
            WHEN 'email' THEN 'e-mail'
            WHEN 'phone' THEN 'call'
            WHEN 'ai_voice' THEN 'call by AI'
            WHEN 'sms' THEN 'text message'
            WHEN 'mail' THEN 'letter'
        END
        || coalesce(' by ' || decision.assignee, '')
        ELSE 'none' END AS next_step,
    decision.route,
    coalesce(tried.attempts, 0) AS attempts,
    tried.last_at::DATE::VARCHAR AS last_attempt,
    crm_changed.refused[1] AS do_not_email,
    crm_changed.refused[2] AS do_not_call,
    coalesce(
        ((decision.email_reasons >> objection.bit) & 1) = 1, false
    ) AS no_profiling,
    coalesce(
        nullif(array_to_string(list_filter(
            [
                CASE WHEN refused[1] THEN 'email' END, CASE WHEN refused[2] THEN 'phone' END,
                CASE WHEN refused[3] THEN 'ai_voice' END, CASE WHEN refused[4] THEN 'sms' END,
                CASE WHEN refused[5] THEN 'mail' END
            ],
            lambda one: one IS NOT NULL
        ), ' '), ''),
        'none'
    ) AS refused,
    $decided_on AS decided_on
FROM crm_changed
JOIN lead ON lead.lead_key = crm_changed.lead_key
JOIN decision ON decision.lead_key = crm_changed.lead_key
CROSS JOIN (SELECT max(bit) AS bit FROM reason WHERE code = 'ART21_OBJECTION') AS objection
LEFT JOIN spoken ON spoken.lead_key = crm_changed.lead_key
LEFT JOIN tried ON tried.person_key = crm_changed.person_key
-- a CRM that has deleted a record knows it no longer
WHERE lead.source_system = $source AND coalesce(lead.is_deleted, false) = false
    AND lead.merged_into_id IS NULL
ORDER BY crm_changed.lead_key
