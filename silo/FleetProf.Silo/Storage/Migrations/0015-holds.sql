-- What may not be captured now. service: a service, or '*' for the whole fleet. ends_at: null until somebody lifts it. Who placed and
-- lifted which is in the audit log. Times are Unix milliseconds.
CREATE TABLE capture_holds (
    service TEXT NOT NULL PRIMARY KEY,
    reason TEXT NOT NULL,
    placed_by TEXT NOT NULL,
    placed_at BIGINT NOT NULL,
    ends_at BIGINT,
    is_by_alert BIGINT NOT NULL
);
