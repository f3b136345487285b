-- purpose: name the leads of which a conversion is worth as much as a rule asks for
-- grain: one row per lead of a person who may be scored
-- reads: {leads} (every such lead, as the worth reads it), lead    writes: nothing
-- parameters: $least_{number}, and those of {worth}, what a conversion of the lead is worth
SELECT eligibility.lead_key, $number_{number}::INTEGER AS number
FROM {leads}
JOIN lead USING (lead_key)
WHERE {worth} >= $least_{number}
