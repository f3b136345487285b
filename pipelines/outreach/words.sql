-- purpose: why each listed lead is on the list, in words
-- grain: one row per listed lead
-- reads: list_reason    writes: nothing
-- What speaks for the lead; where no single field does, what all of them do together.
SELECT
    lead_key,
    coalesce(
        list(reason ORDER BY position) FILTER (WHERE field IS NOT NULL AND contribution > 0),
        [any_value(reason) FILTER (WHERE field IS NULL)]
    ) AS words
FROM list_reason
GROUP BY lead_key
