-- purpose: those who wait for an answer, as the published file knows them
-- grain: one row per person
-- reads: first_frame (registered: lead_key, came_at, note_ref, and open_bits where they were judged
--   after the night), dedupe_link, person, decision, route_rule, lead    writes: nothing
-- parameters: $bit of the channel, $against (its mask of reasons, a column), $interval, the mask of the
--   recontact interval: it does not pace answers, and what is after they came is asked by the claim
-- What was judged after the night was judged of the lead that stood for the person then: another
-- that does now may have another mailbox.
SELECT
    lead.lead_key,
    person.person_key,
    decision.rank,
    lead.source_system,
    lead.source_id,
    decision.probability,
    max(first_frame.came_at) AS came_at,
    arg_max(first_frame.note_ref, first_frame.came_at) AS note_ref
FROM first_frame
JOIN dedupe_link ON dedupe_link.lead_key = first_frame.lead_key
JOIN person USING (person_key)
JOIN lead ON lead.lead_key = person.representative_lead_key
LEFT JOIN decision ON decision.lead_key = lead.lead_key
WHERE CASE
    WHEN first_frame.open_bits IS NULL
        THEN coalesce(decision.{against} & ~$interval::UBIGINT = 0, false)
    ELSE first_frame.open_bits & $bit <> 0
        AND first_frame.lead_key = person.representative_lead_key
END
AND NOT EXISTS (
    FROM route_rule
    WHERE route_rule.person_key = person.person_key AND route_rule.must = 'none'
)
GROUP BY ALL
ORDER BY came_at, lead.lead_key
