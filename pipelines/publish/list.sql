-- purpose: tonight's list in rank order, without contact points: those leave by `claim` only
-- grain: one row per listed person
-- reads: decision, lead, score, queue, list_reason    writes: nothing
SELECT
    decision.run_id,
    decision.rank,
    decision.person_key,
    decision.lead_key,
    lead.source_system,
    lead.source_id,
    decision.channel,
    decision.handler,
    decision.assignee,
    decision.slice,
    decision.is_to_verify,
    decision.probability,
    score.percentile,
    decision.expected_value,
    score.score_source,
    score.model_id,
    lead.country,
    lead.owner_id,
    reasons.reasons,
    queue.position AS queue_position,
    queue.is_hard,
    queue.why AS why_a_person
FROM decision
JOIN lead USING (lead_key)
LEFT JOIN score USING (lead_key)
LEFT JOIN queue USING (lead_key)
LEFT JOIN (
    -- What speaks for the lead; where no single field does, what all of them do together.
    SELECT
        lead_key,
        coalesce(
            string_agg(reason, '; ' ORDER BY position)
            FILTER (WHERE field IS NOT NULL AND contribution > 0),
            any_value(reason) FILTER (WHERE field IS NULL)
        ) AS reasons
    FROM list_reason
    GROUP BY lead_key
) AS reasons USING (lead_key)
WHERE decision.verdict = 'listed'
ORDER BY decision.rank, decision.lead_key
