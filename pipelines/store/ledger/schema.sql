-- purpose: tables of the ledger; times are UTC ISO 8601 text; contact points are HMACs, never text
CREATE TABLE IF NOT EXISTS run (
    run_id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    as_of TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('running', 'published', 'unchanged', 'failed')),
    started_at TEXT NOT NULL,
    finished_at TEXT,
    code_version TEXT NOT NULL,
    config_hash TEXT NOT NULL,
    model_id TEXT,
    snapshot TEXT,
    snapshot_sha256 TEXT,
    suppression_count INTEGER,
    error TEXT
) STRICT;
CREATE TABLE IF NOT EXISTS stage (
    run_id TEXT NOT NULL REFERENCES run (run_id),
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    started_at TEXT NOT NULL,
    seconds REAL NOT NULL,
    counts TEXT NOT NULL,
    PRIMARY KEY (run_id, position)
) STRICT;
CREATE TABLE IF NOT EXISTS suppression (
    suppression_id TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('email', 'phone', 'domain', 'hash')),
    key_hmac TEXT NOT NULL,
    channel TEXT,
    reason TEXT NOT NULL,
    since TEXT NOT NULL,
    until TEXT,
    source TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS suppression_key ON suppression (key_hmac);
-- A cheap second hash of the contact point; entries of version 1 have none. Row
-- suppression_tag_scheme of meta says what made them: without it they do not count.
CREATE TABLE IF NOT EXISTS suppression_tag (
    key_hmac TEXT PRIMARY KEY,
    tag TEXT NOT NULL
) STRICT, WITHOUT ROWID;
-- Repaired records that a person has accepted; record 0 stands for all of the batch.
CREATE TABLE IF NOT EXISTS salvage_review (
    batch_id TEXT NOT NULL,
    record INTEGER NOT NULL,
    accepted_at TEXT NOT NULL,
    PRIMARY KEY (batch_id, record)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS claim (
    claim_id TEXT PRIMARY KEY,
    run_id TEXT NOT NULL,
    person_key INTEGER NOT NULL,
    lead_key INTEGER NOT NULL,
    channel TEXT NOT NULL,
    handler TEXT NOT NULL,
    claimed_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    released_at TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS claim_person ON claim (person_key);
CREATE TABLE IF NOT EXISTS model (
    model_id TEXT PRIMARY KEY,
    population TEXT NOT NULL,
    variant TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('champion', 'challenger', 'rejected', 'retired')),
    changed_at TEXT NOT NULL,
    reason TEXT NOT NULL
) STRICT;
-- What was decided about models, when, by whom and why: rows are added, never changed.
CREATE TABLE IF NOT EXISTS model_decision (
    position INTEGER PRIMARY KEY,
    model_id TEXT NOT NULL,
    population TEXT NOT NULL,
    variant TEXT NOT NULL,
    action TEXT NOT NULL CHECK (action IN ('refuse', 'promote', 'reject', 'rollback')),
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    reason TEXT NOT NULL
) STRICT;
-- Homes of version 3 kept the last decision on each model only.
INSERT INTO model_decision (model_id, population, variant, action, at, who, reason)
SELECT
    model_id,
    population,
    variant,
    CASE status WHEN 'rejected' THEN 'refuse' ELSE 'promote' END,
    changed_at,
    'before decisions were kept',
    reason
FROM model
WHERE NOT EXISTS (SELECT 1 FROM model_decision)
ORDER BY changed_at, status = 'champion';
CREATE TABLE IF NOT EXISTS meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
