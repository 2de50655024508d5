-- Captures that wait for a pause: its limit, and the pause that came, as JSON.
ALTER TABLE captures ADD COLUMN when_pause_over_ms DOUBLE PRECISION;
ALTER TABLE captures ADD COLUMN trigger_json TEXT;
