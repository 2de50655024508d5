-- The audit log only grows: the database itself refuses what no version of a silo does to it. Whoever owns the tables can take these triggers away first.
-- Only SQLite:
CREATE TRIGGER audit_only_grows_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'The audit log only grows: none of its rows is changed or removed.'); END;
CREATE TRIGGER audit_only_grows_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'The audit log only grows: none of its rows is changed or removed.'); END;

-- INSERT OR REPLACE removes a row without the trigger above.
CREATE TRIGGER audit_only_grows_replace BEFORE INSERT ON audit WHEN EXISTS (SELECT 1 FROM audit WHERE sequence = NEW.sequence)
BEGIN SELECT RAISE(ABORT, 'The audit log only grows: none of its rows is changed or removed.'); END;

-- Only PostgreSQL:
CREATE FUNCTION audit_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'The audit log only grows: none of its rows is changed or removed.'; END $$;
CREATE TRIGGER audit_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_only_grows();
