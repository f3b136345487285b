-- purpose: stand in for the company counts where no feature reads them
-- grain: no rows
-- reads: nothing
-- writes: company_count (temporary)
-- parameters: none
CREATE OR REPLACE TEMP TABLE company_count AS
SELECT NULL::VARCHAR AS email_domain, NULL::TIMESTAMP AS as_of, 0::BIGINT AS lead_count
WHERE false
