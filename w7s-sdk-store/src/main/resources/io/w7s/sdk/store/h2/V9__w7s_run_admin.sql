-- For those who look after the runs of durable workflows. takeovers is how often in a row a run was taken
-- from a process that had died, without a new step; step_count is how many steps it had when it was taken.
ALTER TABLE w7s_run ADD COLUMN IF NOT EXISTS takeovers integer DEFAULT 0 NOT NULL;
ALTER TABLE w7s_run ADD COLUMN IF NOT EXISTS step_count integer DEFAULT 0 NOT NULL;
ALTER TABLE w7s_run ADD COLUMN IF NOT EXISTS cancel_reason varchar;
ALTER TABLE w7s_run ADD COLUMN IF NOT EXISTS forked_from varchar(200);

-- For lists, the last started first, of all runs and of those in one state.
CREATE INDEX IF NOT EXISTS w7s_run_started ON w7s_run (started_at, workflow, instance);
CREATE INDEX IF NOT EXISTS w7s_run_state ON w7s_run (state, started_at, workflow, instance);

-- For deleting what ended long ago.
CREATE INDEX IF NOT EXISTS w7s_run_ended ON w7s_run (ended_at, workflow);

MERGE INTO w7s_schema (version, script) VALUES (9, 'V9__w7s_run_admin.sql');
