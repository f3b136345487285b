-- purpose: say of every lead since when it has counted for its company domain of today
-- grain: one row per lead
-- reads: lead
-- writes: company_stay (temporary view)
-- parameters: none
CREATE OR REPLACE TEMP VIEW company_stay AS
SELECT lead_key, email_domain, created_at::TIMESTAMP AS entered_at, NULL::TIMESTAMP AS left_at
FROM lead
