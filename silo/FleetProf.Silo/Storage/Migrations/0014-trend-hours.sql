-- The figures of a past hour's ten-second windows of one instance, by column, for trends that show each window: FleetProf.Silo PackedHour,
-- versioned. A row is there only as long as it says what the rows in trend_windows say: whatever changes one of those removes it.
CREATE TABLE trend_hours (
    instance_id TEXT NOT NULL,
    window_start BIGINT NOT NULL,
    packed BLOB NOT NULL,
    PRIMARY KEY (instance_id, window_start)
);

CREATE INDEX trend_hours_by_age ON trend_hours (window_start);

-- Hours that start before rolling_to are packed or marked in trend_late. Here rolled_to is always the same, and kept_from is not used.
INSERT INTO trend_levels (level_ms, rolling_to, rolled_to, kept_from) VALUES (3600000, 0, 0, 0);
