-- The entries of key-value stores (KeyValueStore). Keys are UTF-8 as bytes, which have the same order
-- on every database: CAST(entry_key AS text) shows one. Times are milliseconds since 1970.
CREATE TABLE IF NOT EXISTS w7s_key_value (
  store varchar(200) NOT NULL,
  entry_key blob NOT NULL,
  body blob NOT NULL,
  version bigint NOT NULL,
  expires_at bigint,
  PRIMARY KEY (store, entry_key)
);

-- For the purge of what has expired, so that it reads nothing else.
CREATE INDEX IF NOT EXISTS w7s_key_value_expires_at ON w7s_key_value (store, expires_at) WHERE expires_at IS NOT NULL;

-- Gives all entries their versions, so that none comes again, also after an entry was deleted.
CREATE TABLE IF NOT EXISTS w7s_key_value_versions (last integer PRIMARY KEY);

INSERT INTO w7s_key_value_versions (last) SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM w7s_key_value_versions);

-- Which entries are the state that events have led to, and up to which position (LatestState). role is
-- CURRENT for what is read, NEXT for what a rebuild writes; the name of the store once it is not used.
CREATE TABLE IF NOT EXISTS w7s_latest_state (
  name varchar(100) NOT NULL,
  role varchar(200) NOT NULL,
  store varchar(200) NOT NULL,
  position bigint NOT NULL,
  PRIMARY KEY (name, role)
);

INSERT INTO w7s_schema (version, script) VALUES (3, 'V3__w7s_key_value.sql') ON CONFLICT DO NOTHING;
