-- Silos that share one database. A member's entry is a record of Orleans as JSON; status, alive_at and etag are what changes alone.
CREATE TABLE cluster_versions (
    cluster_id TEXT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL
);

CREATE TABLE cluster_members (
    cluster_id TEXT NOT NULL,
    silo TEXT NOT NULL,
    status BIGINT NOT NULL,
    alive_at BIGINT NOT NULL,
    etag BIGINT NOT NULL,
    entry_json TEXT NOT NULL,
    PRIMARY KEY (cluster_id, silo)
);

-- What only one silo may do at a time. epoch grows with every change of the holder: whoever writes under an older one is refused.
-- beat grows with every renewal: who sees it stand still for long enough takes the lease, whatever its clock says.
CREATE TABLE leases (
    name TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    beat BIGINT NOT NULL
);

-- The silo that an instance's agent was connected to when it told of it, and the one that took an artifact: what they leave behind goes to another.
ALTER TABLE instances ADD COLUMN silo TEXT NOT NULL DEFAULT '';

CREATE INDEX instances_by_silo ON instances (silo, state);

ALTER TABLE artifacts ADD COLUMN silo TEXT NOT NULL DEFAULT '';
