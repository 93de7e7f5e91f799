-- For taking up what a process has left behind before whatever else is due.
CREATE INDEX IF NOT EXISTS w7s_run_leases ON w7s_run (state, due_at, workflow);

MERGE INTO w7s_schema (version, script) VALUES (10, 'V10__w7s_run_leases.sql');
