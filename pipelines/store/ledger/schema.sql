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
-- Suppressed contact points, in the order in which they came; none is ever changed or deleted. key: the
-- HMAC; channel: * binds all; until: empty, for ever. tag: a cheap second hash of the contact point,
-- null: none; row suppression_tag_scheme of meta says what made tags, without it they do not count.
CREATE TABLE IF NOT EXISTS suppressed_point (
    number INTEGER PRIMARY KEY,
    key BLOB NOT NULL,
    channel TEXT NOT NULL,
    until TEXT NOT NULL,
    note INTEGER NOT NULL REFERENCES suppression_note (note),
    tag TEXT
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS suppressed_key ON suppressed_point (key, channel, until);
-- What many suppressed contact points have in common. digest: what made plain hashes, if it is known.
CREATE TABLE IF NOT EXISTS suppression_note (
    note INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('email', 'phone', 'domain', 'hash')),
    digest TEXT CHECK (digest IN ('md5', 'sha1', 'sha256')),
    reason TEXT NOT NULL,
    since TEXT NOT NULL,
    source TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS suppression_note_key
ON suppression_note (since, source, kind, reason, ifnull(digest, ''));
-- Suppression lists as they came, and confirmations by a person (batch_id null) that a source's list
-- is whole as it stands. known: entries that were in force already.
CREATE TABLE IF NOT EXISTS suppression_import (
    position INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    at TEXT NOT NULL,
    batch_id TEXT,
    entries INTEGER NOT NULL,
    known INTEGER NOT NULL
) STRICT;
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
CREATE INDEX IF NOT EXISTS claim_lead ON claim (lead_key);
CREATE INDEX IF NOT EXISTS claim_expiry ON claim (expires_at);
CREATE INDEX IF NOT EXISTS claim_since ON claim (claimed_at);
-- Companies, households and contact points of whom somebody was handed out, as keyed hashes.
CREATE TABLE IF NOT EXISTS claim_account (
    account_hmac TEXT NOT NULL,
    claim_id TEXT NOT NULL,
    PRIMARY KEY (account_hmac, claim_id)
) STRICT, WITHOUT ROWID;
-- Claims that left as a file: they count as approaches, whether their lease runs or not.
CREATE TABLE IF NOT EXISTS claim_export (
    claim_id TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
-- Homes of version 4 held everybody who was claimed for the recontact interval, and go on so.
INSERT OR IGNORE INTO claim_export
SELECT claim_id FROM claim WHERE (SELECT user_version FROM pragma_user_version) < 5;
-- What became of contacts, as it is reported; whom it was with is a lead or a claim, never a contact
-- point. lead_key null: nobody knows yet whose it is. batch_id: what took it to the store, or null.
CREATE TABLE IF NOT EXISTS attempt (
    attempt_id TEXT PRIMARY KEY,
    claim_id TEXT,
    lead_key INTEGER,
    lead_name TEXT,
    channel TEXT,
    handler TEXT,
    at TEXT NOT NULL,
    disposition TEXT NOT NULL,
    callback_at TEXT,
    note_ref TEXT,
    is_unclaimed INTEGER NOT NULL CHECK (is_unclaimed IN (0, 1)),
    received_at TEXT NOT NULL,
    batch_id TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS attempt_lead ON attempt (lead_key, at);
CREATE INDEX IF NOT EXISTS attempt_passed_on ON attempt (at) WHERE disposition = 'escalated';
CREATE INDEX IF NOT EXISTS attempt_to_land ON attempt (received_at) WHERE batch_id IS NULL;
-- How content the person of an attempt was, on the scale of whoever reports it.
CREATE TABLE IF NOT EXISTS attempt_rating (
    attempt_id TEXT PRIMARY KEY,
    lead_key INTEGER,
    satisfaction REAL NOT NULL
) STRICT, WITHOUT ROWID;
-- What is not handed out at present; * stands for every channel or handler.
CREATE TABLE IF NOT EXISTS claim_pause (
    channel TEXT NOT NULL,
    handler TEXT NOT NULL,
    since TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (channel, handler)
) STRICT, WITHOUT ROWID;
-- What an AI told people first, word for word as it stood when rows were handed out with it.
CREATE TABLE IF NOT EXISTS disclosure (
    disclosure_id TEXT PRIMARY KEY,
    language TEXT NOT NULL,
    form TEXT NOT NULL,
    version TEXT NOT NULL,
    text TEXT NOT NULL,
    since TEXT NOT NULL
) STRICT, WITHOUT ROWID;
-- Who came to us lately, as the load or night that brought it judged them: handed out first. came_at:
-- when they wrote or called; judged_as_of: what was looked at lies before; open_bits: channels, 1 email,
-- 2 phone, 4 ai_voice, 8 sms, 16 mail; must: who has to serve them, or null.
CREATE TABLE IF NOT EXISTS fresh (
    lead_key INTEGER PRIMARY KEY,
    person_key INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('reply', 'form')),
    came_at TEXT NOT NULL,
    judged_as_of TEXT NOT NULL,
    judged_at TEXT NOT NULL,
    open_bits INTEGER NOT NULL,
    must TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS fresh_came ON fresh (came_at);
-- The words that a claim left with, where a campaign tries several: drawn by a keyed hash, with the
-- chance of it.
CREATE TABLE IF NOT EXISTS claim_variant (
    claim_id TEXT PRIMARY KEY,
    campaign TEXT NOT NULL,
    variant TEXT NOT NULL,
    propensity REAL NOT NULL
) STRICT, WITHOUT ROWID;
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
-- The end of the audit log: number and hash of its last line, sealed with the key of the log.
CREATE TABLE IF NOT EXISTS audit_head (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    number INTEGER NOT NULL,
    mac TEXT NOT NULL,
    seal TEXT NOT NULL
) STRICT;
-- Lines of the audit log that its file may lack yet, and some of the last.
CREATE TABLE IF NOT EXISTS audit_pending (
    number INTEGER PRIMARY KEY,
    line TEXT NOT NULL
) STRICT;
-- Persons to be erased, and erased ones: of these nothing but keyed hashes is left.
CREATE TABLE IF NOT EXISTS erasure (
    erasure_id TEXT PRIMARY KEY,
    asked_at TEXT NOT NULL,
    finished_at TEXT
) STRICT, WITHOUT ROWID;
-- What an erased person is known by when it comes again: keyed hashes, each with its cheap second
-- hash of the scheme of suppression_tag.
CREATE TABLE IF NOT EXISTS erased_key (
    key_hmac TEXT PRIMARY KEY,
    tag TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('email', 'phone', 'hash', 'lead', 'pair', 'tail')),
    erasure_id TEXT NOT NULL
) STRICT, WITHOUT ROWID;
-- Leads of erasures that have not ended: handed out to nobody, gone when it has.
CREATE TABLE IF NOT EXISTS erasure_lead (
    lead_key INTEGER PRIMARY KEY,
    erasure_id TEXT NOT NULL
) STRICT;
-- Which share of its capacity the AI has, 0 to 1, from a logical date on: the last row that has begun
-- holds. is_by_hand: a person has set it; else a night has halved it.
CREATE TABLE IF NOT EXISTS ai_share (
    position INTEGER PRIMARY KEY,
    as_of TEXT NOT NULL,
    share REAL NOT NULL CHECK (share BETWEEN 0 AND 1),
    is_by_hand INTEGER NOT NULL CHECK (is_by_hand IN (0, 1)),
    reason TEXT NOT NULL,
    at TEXT NOT NULL
) STRICT;
-- Settings that some publication was made with, by their hash.
CREATE TABLE IF NOT EXISTS settings (
    config_hash TEXT PRIMARY KEY,
    content TEXT NOT NULL
) STRICT;
-- Hash over the files of every batch that is part of a published store.
CREATE TABLE IF NOT EXISTS batch (
    batch_id TEXT PRIMARY KEY,
    sha256 TEXT NOT NULL
) STRICT;
