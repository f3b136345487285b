-- purpose: say which rule joined a lead with which other lead of its person
-- grain: one row per other lead and rule
-- reads: dedupe_edge, dedupe_link, lead    writes: nothing
-- parameters: $lead_key, $most
WITH joined AS (
    SELECT other_lead_key AS lead_key, rule, weight FROM dedupe_edge WHERE lead_key = $lead_key
    UNION ALL
    SELECT lead_key, rule, weight FROM dedupe_edge WHERE other_lead_key = $lead_key
)
SELECT joined.rule, joined.weight, lead.lead_key, lead.source_system, lead.source_id
FROM joined
JOIN lead USING (lead_key)
JOIN dedupe_link USING (lead_key)
WHERE dedupe_link.person_key = (
    SELECT person_key FROM dedupe_link WHERE lead_key = $lead_key)
ORDER BY joined.weight DESC NULLS FIRST, joined.rule, lead.lead_key
LIMIT $most
