-- purpose: the night as a funnel: how many leads came in, how far they got, where they stopped
-- grain: one row per step and detail
-- reads: load_file, lead, person, eligibility, reason, score, decision    writes: funnel
-- parameters: $run_id
INSERT INTO funnel BY NAME
WITH blocked AS (
    SELECT
        email_reasons & phone_reasons & ai_voice_reasons & sms_reasons & mail_reasons AS everywhere
    FROM eligibility
    WHERE NOT is_scorable
),
step AS (
    SELECT 1 AS position, 'records' AS step, 'in lead files' AS detail, sum(records) AS count
    FROM load_file WHERE kind = 'leads'
    UNION ALL
    SELECT 2, 'quarantined', 'in lead files', sum(quarantined) FROM load_file WHERE kind = 'leads'
    UNION ALL
    SELECT 3, 'superseded', 'an older record of the same lead', sum(duplicates)
    FROM load_file WHERE kind = 'leads'
    UNION ALL
    SELECT 4, 'known', 'leads that were there already', sum(updated + unchanged)
    FROM load_file WHERE kind = 'leads'
    UNION ALL
    SELECT 5, 'leads', 'in the store', count(*) FROM lead
    UNION ALL
    SELECT 6, 'duplicates', 'leads that another lead stands for', sum(lead_count - 1) FROM person
    UNION ALL
    SELECT 7, 'persons', 'to decide about', count(*) FROM person
    UNION ALL
    SELECT 8, 'not_eligible', 'on every channel', count(*) FROM blocked
    UNION ALL
    SELECT 9, 'not_eligible_reason', reason.code, count(*)
    FROM blocked
    JOIN reason ON (blocked.everywhere >> reason.bit) & 1 = 1
    GROUP BY reason.code
    UNION ALL
    SELECT 9, 'not_eligible_reason', 'DIFFERENT_PER_CHANNEL', count(*)
    FROM blocked WHERE everywhere = 0
    UNION ALL
    SELECT 10, 'scored', score_source, count(*) FROM score GROUP BY score_source
    UNION ALL
    SELECT 11, 'listed', route || ' by ' || channel, count(*)
    FROM decision WHERE verdict = 'listed' GROUP BY ALL
    UNION ALL
    SELECT 12, 'not_listed', verdict, count(*)
    FROM decision WHERE verdict IN ('below_capacity', 'not_worth_cost', 'held_by_rule')
    GROUP BY verdict
)
SELECT $run_id AS run_id, step, detail, coalesce(count, 0)::BIGINT AS count
FROM step
WHERE coalesce(count, 0) > 0 OR step IN ('quarantined', 'duplicates', 'not_eligible')
ORDER BY position, count DESC, detail
