-- purpose: join leads that share a trustworthy e-mail address
-- grain: one row per lead beyond the first of an address
-- reads: lead    writes: nothing (lead_key, anchor_key)
-- parameters: $max_leads, $role_names
WITH shared AS (
    SELECT email_key, min(lead_key) AS anchor_key
    FROM lead
    WHERE email_key IS NOT NULL
      -- a role address belongs to a desk, not to a person
      AND NOT list_contains($role_names, split_part(email_key, '@', 1))
    GROUP BY email_key
    HAVING count(*) BETWEEN 2 AND $max_leads
)
SELECT lead.lead_key, shared.anchor_key
FROM lead
JOIN shared USING (email_key)
WHERE lead.lead_key <> shared.anchor_key
