-- purpose: put the persons that were found for a part of the leads together
-- grain: one row per lead of the part
-- reads: scoped_lead, component_frame (registered)    writes: temp table written_link
CREATE OR REPLACE TEMP TABLE written_link AS
SELECT
    scoped_lead.lead_key,
    coalesce(found.person_key, scoped_lead.lead_key) AS person_key,
    coalesce(found.match_rule, 'self') AS match_rule,
    found.match_weight
FROM scoped_lead
LEFT JOIN component_frame AS found USING (lead_key)
