-- purpose: who must be served by a person is never given to the AI, and who must not be, to nobody
-- grain: one number, the violations
-- reads: decision, route_rule
SELECT count(*)
FROM decision
JOIN route_rule USING (person_key)
WHERE decision.verdict = 'listed'
    AND (
        route_rule.must = 'none'
        OR (route_rule.must = 'human' AND decision.handler <> 'human')
        -- nothing but the AI may serve whom only rules for the AI speak of
        OR (route_rule.must = 'ai' AND decision.handler <> 'ai' AND NOT EXISTS (
            SELECT 1 FROM route_rule AS stronger
            WHERE stronger.person_key = route_rule.person_key AND stronger.must = 'human'))
    )
