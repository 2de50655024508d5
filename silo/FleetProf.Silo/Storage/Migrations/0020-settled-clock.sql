-- By which time old things are deleted, of all silos, in one row. known_at: the last time that was taken for right. seen_at: what the clock of the host showed
-- that wrote last. since_at: from which time on that clock has gone on without a jump. Unix milliseconds.
CREATE TABLE settled_clock (
    id BIGINT NOT NULL PRIMARY KEY,
    known_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    since_at BIGINT NOT NULL
);
