-- purpose: say of everybody on tonight's list or the last what has changed, and why
-- grain: one row per person on either
-- reads: decision, last_listed, reason, lead, run, {before} (last night's decision, if there is one)
-- writes: list_change
-- parameters: $run_id
-- A cause is a reason code where it closes the channel: RECONTACT_INTERVAL is who was worked.
INSERT INTO list_change BY NAME
WITH last_night AS (
    SELECT last_lead_key FROM run
    WHERE night > 0 AND run_id <> $run_id ORDER BY night DESC LIMIT 1
),
tonight AS (
    SELECT decision.*
    FROM decision
    WHERE decision.verdict <> 'duplicate' AND (
        decision.verdict = 'listed' OR decision.person_key IN (SELECT person_key FROM last_listed)
    )
),
compared AS (
    SELECT
        tonight.person_key,
        tonight.lead_key,
        tonight.rank,
        tonight.probability,
        tonight.verdict,
        tonight.slice,
        tonight.channel,
        tonight.handler,
        tonight.assignee,
        last_listed.rank AS rank_before,
        coalesce(last_listed.probability, earlier.probability) AS probability_before,
        last_listed.person_key IS NOT NULL AS was_listed,
        last_listed.slice AS slice_before,
        last_listed.channel AS channel_before,
        last_listed.handler AS handler_before,
        last_listed.assignee AS assignee_before,
        earlier.verdict AS verdict_before,
        CASE last_listed.channel
            WHEN 'email' THEN tonight.email_reasons
            WHEN 'phone' THEN tonight.phone_reasons
            WHEN 'ai_voice' THEN tonight.ai_voice_reasons
            WHEN 'sms' THEN tonight.sms_reasons
            WHEN 'mail' THEN tonight.mail_reasons
        END AS against
    FROM tonight
    LEFT JOIN last_listed USING (person_key)
    LEFT JOIN ({before}) AS earlier ON earlier.lead_key = tonight.lead_key
),
closed AS (
    SELECT compared.person_key, arg_min(reason.code, reason.bit) AS code
    FROM compared
    JOIN reason ON (compared.against >> reason.bit) & 1 = 1
    GROUP BY compared.person_key
)
SELECT
    $run_id AS run_id,
    person_key,
    lead_key,
    CASE
        WHEN verdict <> 'listed' THEN 'left'
        WHEN NOT was_listed THEN 'entered'
        WHEN channel <> channel_before OR handler <> handler_before
            OR assignee IS DISTINCT FROM assignee_before THEN 'moved'
        ELSE 'stayed'
    END AS change,
    CASE
        WHEN change = 'stayed' THEN NULL
        WHEN closed.code IS NOT NULL THEN closed.code
        WHEN change = 'entered' AND lead_key > (SELECT last_lead_key FROM last_night) THEN 'new_lead'
        WHEN change = 'entered' AND slice = 'explore' THEN 'drawn_by_lot'
        WHEN change = 'entered' AND verdict_before IN ('not_eligible', 'duplicate')
            THEN 'became_eligible'
        WHEN change = 'left' AND slice_before = 'explore' THEN 'was_drawn_by_lot'
        WHEN change = 'left' AND verdict IN ('not_worth_cost', 'held_by_rule', 'not_eligible')
            THEN verdict
        WHEN change = 'entered' AND probability > probability_before THEN 'score_moved'
        WHEN change = 'left' AND probability < probability_before THEN 'score_moved'
        ELSE 'capacity'
    END AS cause,
    rank_before,
    rank,
    probability_before,
    probability
FROM compared
LEFT JOIN closed USING (person_key)
ORDER BY coalesce(rank, rank_before), person_key
