-- The run of the analyzer whose results a capture has, a folder of its own in the store: a silo that was thought dead and goes on writes into another.
-- NULL for originals, and for results of earlier versions.
ALTER TABLE artifact_files ADD COLUMN run TEXT;

-- Of a session of an identity provider: which one, and who it is there. Names may be those of local accounts, or go to somebody else one day.
ALTER TABLE credentials ADD COLUMN issuer TEXT NOT NULL DEFAULT '';
ALTER TABLE credentials ADD COLUMN subject TEXT NOT NULL DEFAULT '';
