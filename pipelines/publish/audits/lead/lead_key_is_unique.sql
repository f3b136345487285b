-- purpose: a lead_key names one lead
-- grain: one number, the violations
-- reads: lead
SELECT count(*) - count(DISTINCT lead_key) FROM lead
