-- purpose: find the leads of one source that a column says are in a sequence that is running
-- grain:   one row per such lead
-- reads:   the table of the source's custom columns, filled in with the column
-- writes:  temporary table eligible_lead_fact (appends)
-- A word that nobody knows counts as running: too few contacts cost less than two senders at once.
INSERT INTO eligible_lead_fact
SELECT lead_key, 31, r_in_sequence(), 0
FROM __table__
WHERE trim(__state__::VARCHAR) <> ''
    AND regexp_replace(lower(__state__::VARCHAR), '[^a-z0-9]', '', 'g') NOT IN (
        'false', 'f', 'no', 'n', '0', '00', 'none', 'null', 'na', 'complete', 'completed', 'done',
        'finished', 'ended', 'error', 'failed', 'stopped', 'removed', 'exited', 'unenrolled',
        'cancelled', 'canceled', 'inactive', 'notstarted', 'notinsequence', 'notenrolled'
    )
