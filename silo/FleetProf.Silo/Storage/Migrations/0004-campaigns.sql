-- What lists show of campaigns. Grains own the truth and write these rows after each durable step; a row never goes back
-- to an older revision, and a lost write is made up for by the next step.
CREATE TABLE campaigns (
    campaign_id TEXT NOT NULL PRIMARY KEY,
    revision BIGINT NOT NULL,
    name TEXT NOT NULL,
    state BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    ended_at BIGINT,
    services_json TEXT NOT NULL,
    kinds_json TEXT NOT NULL,
    target_count BIGINT NOT NULL,
    ready_count BIGINT NOT NULL,
    failed_count BIGINT NOT NULL,
    cron TEXT,
    requested_by TEXT NOT NULL,
    parent_id TEXT
);

CREATE INDEX campaigns_by_creation ON campaigns (created_at, campaign_id);

CREATE TABLE captures (
    capture_id TEXT NOT NULL PRIMARY KEY,
    campaign_id TEXT NOT NULL,
    revision BIGINT NOT NULL,
    instance_id TEXT NOT NULL,
    service TEXT NOT NULL,
    version TEXT NOT NULL,
    host TEXT NOT NULL,
    kind BIGINT NOT NULL,
    state BIGINT NOT NULL,
    phase BIGINT NOT NULL,
    failure BIGINT NOT NULL,
    detail TEXT,
    attempt BIGINT NOT NULL,
    inclusion_probability DOUBLE PRECISION NOT NULL,
    requested_at BIGINT NOT NULL,
    started_at BIGINT,
    ended_at BIGINT,
    duration_seconds BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    is_partial BIGINT NOT NULL,
    is_biased BIGINT NOT NULL,
    stall_ms DOUBLE PRECISION NOT NULL,
    requested_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    summary_json TEXT,
    done_seconds BIGINT NOT NULL,
    total_seconds BIGINT NOT NULL
);

CREATE INDEX captures_by_request ON captures (requested_at, capture_id);
CREATE INDEX captures_by_service ON captures (service, requested_at);
CREATE INDEX captures_by_campaign ON captures (campaign_id);
CREATE INDEX captures_by_instance ON captures (instance_id, requested_at);
