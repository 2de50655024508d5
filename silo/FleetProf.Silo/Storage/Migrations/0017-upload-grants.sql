-- What agents may send, of the last hour: a row for each capture, written before its first byte is taken. It counts what was offered and not only
-- what arrived whole, so that neither a broken nor a hostile agent sends more than its budget by never finishing, or by beginning again.
CREATE TABLE upload_grants (
    capture_id TEXT NOT NULL PRIMARY KEY,
    agent_id TEXT NOT NULL,
    attempt BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    granted_at BIGINT NOT NULL
);
CREATE INDEX upload_grants_by_agent ON upload_grants (agent_id, granted_at);
