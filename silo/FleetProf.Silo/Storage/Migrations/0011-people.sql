-- Who may come in, and what was done. Times are Unix milliseconds; roles, kinds and decisions are the numbers of the contracts' enums.
-- A session has no secret here: its id travels in a protected cookie. Of a token's secret only the SHA-256 is here (hex).
CREATE TABLE credentials (
    credential_id TEXT NOT NULL PRIMARY KEY,
    kind BIGINT NOT NULL,
    secret_sha256 TEXT NOT NULL,
    name TEXT NOT NULL,
    role BIGINT NOT NULL,
    services_json TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    last_used_at BIGINT,
    revoked_at BIGINT
);

CREATE INDEX credentials_by_age ON credentials (created_at);

CREATE TABLE accounts (
    name TEXT NOT NULL PRIMARY KEY,
    role BIGINT NOT NULL,
    services_json TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    locked_until BIGINT NOT NULL
);

CREATE TABLE setup_codes (
    code_sha256 TEXT NOT NULL PRIMARY KEY,
    expires_at BIGINT NOT NULL
);

-- Only ever inserted into. hash: of the row before and this row.
CREATE TABLE audit (
    sequence BIGINT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    credential_id TEXT NOT NULL,
    role BIGINT NOT NULL,
    address TEXT NOT NULL,
    action TEXT NOT NULL,
    target TEXT NOT NULL,
    services TEXT NOT NULL,
    decision BIGINT NOT NULL,
    reason TEXT NOT NULL,
    correlation_id TEXT NOT NULL,
    hash TEXT NOT NULL
);

CREATE INDEX audit_by_actor ON audit (actor, sequence);

-- One row: where the chain ends. Writers take turns by it.
CREATE TABLE audit_head (
    id BIGINT NOT NULL PRIMARY KEY,
    sequence BIGINT NOT NULL,
    hash TEXT NOT NULL
);

INSERT INTO audit_head (id, sequence, hash) VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');
