-- purpose: keep who is as likely to convert as those on tonight's list, held back or not
-- grain: one row per person that was not there before
-- reads: decision, control_score, eligibility, dedupe_link, activity, contact_attempt, route_rule
-- writes: would_list
-- parameters: $run_id, $as_of, $inbound_days; {open}, {held}: the channels that are worked are open,
--   or closed by the control group alone
-- note: nothing here may depend on whether somebody was contacted: of both arms the same is asked.
INSERT INTO would_list BY NAME
WITH mark AS (
    SELECT quantile_cont(probability, 0.1) AS least
    FROM decision WHERE verdict = 'listed' AND slice = 'exploit'
),
reached AS (
    SELECT decision.person_key, decision.lead_key, false AS is_control, decision.probability
    FROM decision CROSS JOIN mark
    WHERE decision.verdict IN ('listed', 'below_capacity', 'not_worth_cost')
        AND decision.probability >= mark.least AND ({open})
    UNION ALL
    SELECT control_score.person_key, control_score.lead_key, true, control_score.probability
    FROM control_score
    JOIN eligibility USING (person_key)
    CROSS JOIN mark
    WHERE control_score.probability >= mark.least AND {held}
),
inbound AS (
    SELECT lead_key
    FROM activity
    WHERE "at" >= $as_of::TIMESTAMP - to_days($inbound_days)
        AND direction = 'in' AND channel IN ('call', 'email', 'sms', 'meeting', 'form')
    UNION ALL
    SELECT lead_key
    FROM contact_attempt
    WHERE "at" >= $as_of::TIMESTAMP - to_days($inbound_days)
        AND disposition IN ('replied', 'meeting')
),
left_out AS (
    SELECT dedupe_link.person_key FROM inbound JOIN dedupe_link USING (lead_key)
    UNION
    SELECT dedupe_link.person_key FROM would_list JOIN dedupe_link USING (lead_key)
    UNION
    SELECT person_key FROM route_rule WHERE must = 'none'
)
SELECT $run_id AS run_id, lead_key, person_key, is_control, probability
FROM reached
ANTI JOIN left_out USING (person_key)
ORDER BY lead_key
