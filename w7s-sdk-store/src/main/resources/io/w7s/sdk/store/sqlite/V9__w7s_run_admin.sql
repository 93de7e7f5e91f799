-- For those who look after the runs of durable workflows. takeovers is how often in a row a run was taken
-- from a process that had died, without a new step; step_count is how many steps it had when it was taken.
ALTER TABLE w7s_run ADD COLUMN takeovers integer DEFAULT 0 NOT NULL;
ALTER TABLE w7s_run ADD COLUMN step_count integer DEFAULT 0 NOT NULL;
ALTER TABLE w7s_run ADD COLUMN cancel_reason text;
ALTER TABLE w7s_run ADD COLUMN forked_from varchar(200);

-- For lists, the last started first: of all runs, of the open ones, and of those that have failed. No index begins with
-- the workflow: a planner that knows nothing of the table might search it instead of the primary key.
CREATE INDEX IF NOT EXISTS w7s_run_started ON w7s_run (started_at, workflow, instance);
CREATE INDEX IF NOT EXISTS w7s_run_open ON w7s_run (started_at, workflow, instance) WHERE due_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS w7s_run_failed ON w7s_run (started_at, workflow, instance)
  WHERE state IN ('FAILED', 'CANCELLED');

-- For deleting what ended long ago.
CREATE INDEX IF NOT EXISTS w7s_run_ended ON w7s_run (ended_at, workflow) WHERE ended_at IS NOT NULL;

INSERT INTO w7s_schema (version, script) VALUES (9, 'V9__w7s_run_admin.sql') ON CONFLICT DO NOTHING;
