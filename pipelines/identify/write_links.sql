-- purpose: give every lead its person, a lead that joined nobody being its own
-- grain: one row per lead
-- reads: lead, component_frame (registered)    writes: dedupe_link
INSERT INTO dedupe_link BY NAME
SELECT
    lead.lead_key,
    coalesce(component_frame.person_key, lead.lead_key) AS person_key,
    coalesce(component_frame.match_rule, 'self') AS match_rule,
    component_frame.match_weight
FROM lead
LEFT JOIN component_frame USING (lead_key)
ORDER BY lead.lead_key
