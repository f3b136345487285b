-- purpose: who waits for a person tonight, with what makes serving them hard
-- grain: one row per listed person whom people are to serve, in order of rank
-- reads: decision, route_rule, rule_frame (registered: rule, reason, is_hard)    writes: nothing
SELECT
    decision.lead_key,
    decision.person_key,
    decision.channel,
    decision.assignee,
    decision.rank,
    decision.probability,
    decision.slice,
    coalesce(met.is_hard, false) AS is_hard_by_rule,
    met.reasons
FROM decision
LEFT JOIN (
    SELECT
        route_rule.person_key,
        bool_or(rule_frame.is_hard) AS is_hard,
        string_agg(rule_frame.reason, '; ' ORDER BY route_rule.rule) AS reasons
    FROM route_rule
    JOIN rule_frame USING (rule)
    WHERE route_rule.must = 'human'
    GROUP BY route_rule.person_key
) AS met USING (person_key)
WHERE decision.verdict = 'listed' AND decision.handler = 'human'
ORDER BY decision.rank, decision.lead_key
