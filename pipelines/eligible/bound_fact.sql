-- purpose: let a refusal bind all leads that refuse together though they are not one person
-- grain:   one row per lead and refusal of another lead of its group
-- reads:   eligible_lead_fact, bound_lead    writes: temporary table eligible_lead_fact (appends)
-- Leads that were one person once, or joined in a cluster too large to be believed: whoever of them
-- said no may have said it for all.
INSERT INTO eligible_lead_fact
WITH refusal AS (
    SELECT lead_key, channels, bits & objection_bits() AS bits
    FROM eligible_lead_fact
    WHERE bits & objection_bits() <> 0
)
SELECT DISTINCT other.lead_key, refusal.channels, refusal.bits, 0
FROM refusal
JOIN bound_lead AS own ON own.lead_key = refusal.lead_key
JOIN bound_lead AS other ON other.reason = own.reason AND other.group_key = own.group_key
WHERE other.lead_key <> refusal.lead_key
