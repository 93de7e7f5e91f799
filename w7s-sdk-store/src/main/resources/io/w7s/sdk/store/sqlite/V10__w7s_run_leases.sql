-- For taking up what a process has left behind before whatever else is due. No statement that does not ask for due_at
-- may take this index for the primary key.
CREATE INDEX IF NOT EXISTS w7s_run_leases ON w7s_run (due_at, workflow) WHERE due_at IS NOT NULL AND state = 'RUNNING';

INSERT INTO w7s_schema (version, script) VALUES (10, 'V10__w7s_run_leases.sql') ON CONFLICT DO NOTHING;
