-- purpose: count the leads per company domain before the one as_of that all targets share
-- grain: one row per company domain whose count is not simply the lead itself
-- reads: lead
-- writes: company_count (temporary)
-- parameters: $as_of; $shared_domains: free and throw-away mail domains, which are no company
-- cost: one pass of lead with a group by on the domain
CREATE OR REPLACE TEMP TABLE company_count AS
SELECT
    email_domain,
    $as_of::TIMESTAMP AS as_of,
    count(*) FILTER (created_at < $as_of::TIMESTAMP) AS lead_count
FROM lead
WHERE email_domain IS NOT NULL
    AND email_domain NOT IN (SELECT unnest($shared_domains::VARCHAR[]))
GROUP BY email_domain
-- A domain with one lead needs no row: the reader counts that lead itself. Most domains are such.
HAVING count(*) > 1
