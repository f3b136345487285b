-- purpose: every lead has exactly one decision
-- grain: one number, the violations
-- reads: lead, decision
-- Leads are unique, says an audit of its own: with as many decisions as leads and one at least for
-- each, there is exactly one for each, and nothing has to be grouped.
SELECT
    (SELECT count(*) FROM lead ANTI JOIN decision USING (lead_key))
    + abs((SELECT count(*) FROM lead) - (SELECT count(*) FROM decision))
