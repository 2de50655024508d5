-- Uploaded artifacts. A row is written once the bytes are durable; a pending row is the analysis queue's memory.
CREATE TABLE artifacts (
    capture_id TEXT NOT NULL PRIMARY KEY,
    campaign_id TEXT NOT NULL,
    attempt BIGINT NOT NULL,
    agent_id TEXT NOT NULL,
    kind BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    state BIGINT NOT NULL,
    failed_runs BIGINT NOT NULL,
    failure BIGINT NOT NULL,
    detail TEXT,
    summary_json TEXT,
    analysed_at BIGINT,
    is_reported BIGINT NOT NULL
);

CREATE INDEX artifacts_unfinished ON artifacts (is_reported, received_at);

CREATE TABLE artifact_files (
    capture_id TEXT NOT NULL,
    name TEXT NOT NULL,
    content_type TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    PRIMARY KEY (capture_id, name)
);
