-- Without the columns of the primary key: of a table that seems to be nearly empty, a planner takes any index that has them
-- for it, and reads it from end to end.
CREATE INDEX IF NOT EXISTS w7s_run_start ON w7s_run (started_at);

INSERT INTO w7s_schema (version, script) VALUES (11, 'V11__w7s_run_started.sql') ON CONFLICT DO NOTHING;

-- At the end, because it keeps others from reading the table.
DROP INDEX IF EXISTS w7s_run_started;
