-- GCs by reason: a varint per reason in the order of FleetProf.Measures GcReason, the last place for later ones; zeros at the end are left out.
-- NULL in rows of earlier versions, and where no GC ran.
ALTER TABLE trend_windows ADD COLUMN reasons BLOB;
ALTER TABLE trend_rollups ADD COLUMN reasons BLOB;
ALTER TABLE trend_groups ADD COLUMN reasons BLOB;
