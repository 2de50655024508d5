-- How hosts become agents. Times are Unix milliseconds; standing is the number of the contracts' AgentStanding.
-- Of a token's secret only the SHA-256 is here (hex).
CREATE TABLE join_tokens (
    token_id TEXT NOT NULL PRIMARY KEY,
    secret_sha256 TEXT NOT NULL,
    name TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    max_uses BIGINT NOT NULL,
    uses BIGINT NOT NULL,
    needs_approval BIGINT NOT NULL,
    networks_json TEXT NOT NULL,
    labels_json TEXT NOT NULL,
    revoked_at BIGINT
);

CREATE INDEX join_tokens_by_age ON join_tokens (created_at);

-- A host that repeats its request with the same token and key is the same agent.
-- serial: of the newest certificate; previous_serial: of the one before; used_serial: the newest one that came back on a connection.
-- Once a serial is used, an older one means that the key exists twice. An empty serial: no certificate yet.
CREATE TABLE enrolled_agents (
    agent_id TEXT NOT NULL PRIMARY KEY,
    token_id TEXT NOT NULL,
    key_sha256 TEXT NOT NULL,
    host TEXT NOT NULL,
    labels_json TEXT NOT NULL,
    standing BIGINT NOT NULL,
    reason TEXT,
    changed_by TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    enrolled_at BIGINT NOT NULL,
    collect_until BIGINT NOT NULL,
    serial TEXT NOT NULL,
    previous_serial TEXT NOT NULL,
    used_serial TEXT NOT NULL,
    used_at BIGINT NOT NULL,
    certificate_ends_at BIGINT
);

CREATE UNIQUE INDEX enrolled_agents_by_key ON enrolled_agents (token_id, key_sha256);

CREATE INDEX enrolled_agents_by_standing ON enrolled_agents (standing);
