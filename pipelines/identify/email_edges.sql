-- purpose: join leads that share a trustworthy e-mail address
-- grain: one row per lead beyond the first of an address; of a contested one, per pair that agrees
-- reads: email_member, contested_email    writes: nothing (lead_key, other_lead_key)
SELECT lead_key, anchor_key AS other_lead_key
FROM email_member ANTI JOIN contested_email USING (anchor_key)
WHERE lead_key <> anchor_key
UNION ALL
SELECT a.lead_key, b.lead_key
FROM email_member AS a
JOIN email_member AS b ON a.anchor_key = b.anchor_key AND a.lead_key > b.lead_key
JOIN contested_email ON a.anchor_key = contested_email.anchor_key
WHERE names_agree(a.first_name, a.last_name, b.first_name, b.last_name)
    AND (NOT is_loose OR names_equal(a.first_name, a.last_name, b.first_name, b.last_name))
    AND a.generation IS NOT DISTINCT FROM b.generation
