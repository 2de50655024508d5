-- State of Orleans grains. The key holds the full grain id, so that two grain classes never share a row.
-- A cleared state keeps its row (payload NULL): the version goes on counting, and a stale writer cannot match a later row.
CREATE TABLE grain_state (
    service_id TEXT NOT NULL,
    state_name TEXT NOT NULL,
    grain_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    format BIGINT NOT NULL,
    payload BLOB,
    written_at BIGINT NOT NULL,
    PRIMARY KEY (service_id, state_name, grain_id)
);

CREATE TABLE reminders (
    service_id TEXT NOT NULL,
    grain_id TEXT NOT NULL,
    reminder_name TEXT NOT NULL,
    grain_hash BIGINT NOT NULL,
    start_at BIGINT NOT NULL,
    period_ms BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (service_id, grain_id, reminder_name)
);

CREATE INDEX reminders_by_hash ON reminders (service_id, grain_hash);

-- The readiness check writes here: a database that cannot commit is not ready.
CREATE TABLE catalog_probes (
    id BIGINT NOT NULL PRIMARY KEY,
    probed_at BIGINT NOT NULL
);
