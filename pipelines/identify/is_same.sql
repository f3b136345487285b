-- purpose: tell whether all leads are still there that were there when persons were last found
-- grain: one truth value
-- reads: lead, dedupe_link, identify_changed    writes: nothing
SELECT (SELECT count(*) FROM lead)
    - (SELECT count(*) FROM identify_changed)
    + (SELECT count(*) FROM dedupe_link SEMI JOIN identify_changed USING (lead_key))
    = (SELECT count(*) FROM dedupe_link)
