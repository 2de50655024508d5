-- Files of captures are deleted by retention: first the row is marked (removed_at), then the files go, then the row is finished
-- (is_removed). What is marked and not finished is gone on with after any end of the silo.
ALTER TABLE artifacts ADD COLUMN removed_at BIGINT;
ALTER TABLE artifacts ADD COLUMN removal_reason BIGINT NOT NULL DEFAULT 0;
ALTER TABLE artifacts ADD COLUMN is_removed BIGINT NOT NULL DEFAULT 0;

CREATE INDEX artifacts_by_removal ON artifacts (removed_at, is_removed);

-- source: 'person' for a pin, else what cites the capture; a citation holds for a while after pinned_at.
CREATE TABLE capture_pins (
    capture_id TEXT NOT NULL,
    source TEXT NOT NULL,
    pinned_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    pinned_at BIGINT NOT NULL,
    PRIMARY KEY (capture_id, source)
);
