CREATE TABLE cities (
  id INTEGER NOT NULL,
  code VARCHAR(40) NOT NULL,
  names JSON NOT NULL,
  bounds JSON NOT NULL,
  levels JSON NOT NULL,
  rule_sets JSON NOT NULL,
  invented BOOLEAN NOT NULL,
  licence TEXT NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (code)
);
CREATE TABLE rule_editions (
  id INTEGER NOT NULL,
  rule_set VARCHAR(40) NOT NULL,
  in_force DATE NOT NULL,
  sha256 VARCHAR(64) NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (rule_set, in_force, sha256)
);
CREATE TABLE accounts (
  id INTEGER NOT NULL,
  name VARCHAR(80) NOT NULL,
  role VARCHAR(20) NOT NULL,
  everywhere BOOLEAN NOT NULL,
  hazard_groups JSON,
  password_hash VARCHAR(200),
  sign_on VARCHAR(200),
  disabled BOOLEAN NOT NULL,
  made_at DATETIME NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (name),
  UNIQUE (sign_on)
);
CREATE TABLE failed_sign_ins (
  id INTEGER NOT NULL,
  at DATETIME NOT NULL,
  name VARCHAR(64) NOT NULL,
  source VARCHAR(64) NOT NULL,
  known BOOLEAN NOT NULL,
  PRIMARY KEY (id)
);
CREATE INDEX ix_failed_sign_ins_at ON failed_sign_ins (at);
CREATE TABLE audit_entries (
  id INTEGER NOT NULL,
  at DATETIME NOT NULL,
  account VARCHAR(80) NOT NULL,
  role VARCHAR(20) NOT NULL,
  address VARCHAR(60) NOT NULL,
  action VARCHAR(40) NOT NULL,
  details JSON NOT NULL,
  sha256 VARCHAR(64) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (sha256)
);
CREATE TRIGGER audit_entries_no_update BEFORE UPDATE ON audit_entries BEGIN SELECT RAISE(ABORT, 'Rows of audit_entries are only ever added.'); END;
CREATE TRIGGER audit_entries_no_delete BEFORE DELETE ON audit_entries BEGIN SELECT RAISE(ABORT, 'Rows of audit_entries are only ever added.'); END;
CREATE TRIGGER audit_entries_no_replace BEFORE INSERT ON audit_entries WHEN NEW.id <= (SELECT max(id) FROM audit_entries) BEGIN SELECT RAISE(ABORT, 'Rows of audit_entries are only ever added.'); END;
CREATE TABLE audit_head (
  id INTEGER NOT NULL,
  entries INTEGER NOT NULL,
  sha256 VARCHAR(64) NOT NULL,
  PRIMARY KEY (id)
);
INSERT INTO audit_head VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');
CREATE TABLE saved_mappings (
  id INTEGER NOT NULL,
  name VARCHAR(80) NOT NULL,
  text TEXT NOT NULL,
  made_by VARCHAR(80) NOT NULL,
  made_at DATETIME NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (name)
);
CREATE TABLE imports (
  id INTEGER NOT NULL,
  city_id INTEGER NOT NULL,
  mapping VARCHAR(80) NOT NULL,
  file_name VARCHAR(255) NOT NULL,
  sha256 VARCHAR(64) NOT NULL,
  finished_at DATETIME NOT NULL,
  counts JSON NOT NULL,
  PRIMARY KEY (id),
  FOREIGN KEY(city_id) REFERENCES cities (id)
);
CREATE TABLE checklists (
  id INTEGER NOT NULL,
  city_id INTEGER NOT NULL,
  code VARCHAR(40) NOT NULL,
  items JSON NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (city_id, code),
  FOREIGN KEY(city_id) REFERENCES cities (id)
);
CREATE TABLE rating_runs (
  id INTEGER NOT NULL,
  city_id INTEGER NOT NULL,
  rule_set VARCHAR(40) NOT NULL,
  until DATE NOT NULL,
  finished_at DATETIME NOT NULL,
  added INTEGER NOT NULL,
  corrected INTEGER NOT NULL,
  PRIMARY KEY (id),
  FOREIGN KEY(city_id) REFERENCES cities (id)
);
CREATE INDEX ix_rating_runs_city ON rating_runs (city_id, rule_set);
CREATE TABLE account_areas (
  id INTEGER NOT NULL,
  account_id INTEGER NOT NULL,
  city VARCHAR(40) NOT NULL,
  level VARCHAR(12) NOT NULL,
  area VARCHAR(40) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (account_id, city, level, area),
  FOREIGN KEY(account_id) REFERENCES accounts (id)
);
CREATE TABLE sign_ins (
  id INTEGER NOT NULL,
  account_id INTEGER NOT NULL,
  token_sha256 VARCHAR(64) NOT NULL,
  begun_at DATETIME NOT NULL,
  seen_at DATETIME NOT NULL,
  ended_at DATETIME,
  address VARCHAR(60) NOT NULL,
  browser VARCHAR(200) NOT NULL,
  PRIMARY KEY (id),
  FOREIGN KEY(account_id) REFERENCES accounts (id),
  UNIQUE (token_sha256)
);
CREATE INDEX ix_sign_ins_account ON sign_ins (account_id);
CREATE TABLE known_browsers (
  id INTEGER NOT NULL,
  account_id INTEGER NOT NULL,
  token_sha256 VARCHAR(64) NOT NULL,
  seen_at DATETIME NOT NULL,
  PRIMARY KEY (id),
  FOREIGN KEY(account_id) REFERENCES accounts (id),
  UNIQUE (token_sha256)
);
CREATE TABLE rule_drafts (
  id INTEGER NOT NULL,
  city_id INTEGER NOT NULL,
  rule_set VARCHAR(40) NOT NULL,
  name VARCHAR(80) NOT NULL,
  text TEXT NOT NULL,
  kept_by VARCHAR(80) NOT NULL,
  kept_at DATETIME NOT NULL,
  PRIMARY KEY (id),
  FOREIGN KEY(city_id) REFERENCES cities (id)
);
CREATE INDEX ix_rule_drafts_city ON rule_drafts (city_id);
CREATE TABLE published_editions (
  id INTEGER NOT NULL,
  city_id INTEGER NOT NULL,
  rule_set VARCHAR(40) NOT NULL,
  in_force DATE NOT NULL,
  text TEXT NOT NULL,
  reason TEXT NOT NULL,
  published_by VARCHAR(80) NOT NULL,
  published_at DATETIME NOT NULL,
  PRIMARY KEY (id),
  FOREIGN KEY(city_id) REFERENCES cities (id)
);
CREATE INDEX ix_published_editions_city ON published_editions (city_id);
CREATE TABLE rows_set_aside (
  id INTEGER NOT NULL,
  import_id INTEGER NOT NULL,
  row_number INTEGER NOT NULL,
  reason VARCHAR(40) NOT NULL,
  sentence TEXT NOT NULL,
  "row" JSON NOT NULL,
  PRIMARY KEY (id),
  FOREIGN KEY(import_id) REFERENCES imports (id)
);
CREATE INDEX ix_rows_set_aside_import_id ON rows_set_aside (import_id);
CREATE TABLE areas (
  id INTEGER NOT NULL,
  city_id INTEGER NOT NULL,
  level VARCHAR(12) NOT NULL,
  code VARCHAR(40) NOT NULL,
  name VARCHAR(120) NOT NULL,
  name_en VARCHAR(120),
  parent_id INTEGER,
  outline BLOB NOT NULL,
  import_id INTEGER NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (city_id, level, code),
  FOREIGN KEY(city_id) REFERENCES cities (id),
  FOREIGN KEY(parent_id) REFERENCES areas (id),
  FOREIGN KEY(import_id) REFERENCES imports (id)
);
CREATE TABLE projects (
  id INTEGER NOT NULL,
  city_id INTEGER NOT NULL,
  code VARCHAR(40) NOT NULL,
  name VARCHAR(120) NOT NULL,
  operator VARCHAR(120) NOT NULL,
  address VARCHAR(255) NOT NULL,
  lon DOUBLE NOT NULL,
  lat DOUBLE NOT NULL,
  import_id INTEGER NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (city_id, code),
  FOREIGN KEY(city_id) REFERENCES cities (id),
  FOREIGN KEY(import_id) REFERENCES imports (id)
);
CREATE TABLE import_keys (
  id INTEGER NOT NULL,
  "key" VARCHAR(64) NOT NULL,
  import_id INTEGER NOT NULL,
  PRIMARY KEY (id),
  UNIQUE ("key"),
  FOREIGN KEY(import_id) REFERENCES imports (id)
);
CREATE INDEX ix_import_keys_import_id ON import_keys (import_id);
CREATE TABLE earlier_rows (
  id INTEGER NOT NULL,
  import_id INTEGER NOT NULL,
  table_name VARCHAR(20) NOT NULL,
  row_id INTEGER NOT NULL,
  earlier_import_id INTEGER,
  "before" JSON NOT NULL,
  PRIMARY KEY (id),
  FOREIGN KEY(import_id) REFERENCES imports (id),
  FOREIGN KEY(earlier_import_id) REFERENCES imports (id)
);
CREATE INDEX ix_earlier_rows_row ON earlier_rows (table_name, row_id);
CREATE INDEX ix_earlier_rows_import_id ON earlier_rows (import_id);
CREATE TABLE undone_imports (
  id INTEGER NOT NULL,
  import_id INTEGER NOT NULL,
  undone_at DATETIME NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (import_id),
  FOREIGN KEY(import_id) REFERENCES imports (id)
);
CREATE TABLE area_expectations (
  id INTEGER NOT NULL,
  city_id INTEGER NOT NULL,
  area_id INTEGER NOT NULL,
  buildings INTEGER NOT NULL,
  source VARCHAR(120) NOT NULL,
  day DATE NOT NULL,
  import_id INTEGER NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (area_id, day),
  FOREIGN KEY(city_id) REFERENCES cities (id),
  FOREIGN KEY(area_id) REFERENCES areas (id),
  FOREIGN KEY(import_id) REFERENCES imports (id)
);
CREATE TABLE buildings (
  id INTEGER NOT NULL,
  city_id INTEGER NOT NULL,
  code VARCHAR(64) NOT NULL,
  name VARCHAR(160) NOT NULL,
  address VARCHAR(255) NOT NULL,
  lon DOUBLE,
  lat DOUBLE,
  "key" BIGINT,
  off_map VARCHAR(160),
  district_id INTEGER,
  street_id INTEGER,
  community_id INTEGER,
  grid_id INTEGER,
  homes INTEGER,
  floors INTEGER,
  built INTEGER,
  use VARCHAR(40),
  group_rental BOOLEAN,
  import_id INTEGER NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (city_id, code),
  FOREIGN KEY(city_id) REFERENCES cities (id),
  FOREIGN KEY(district_id) REFERENCES areas (id),
  FOREIGN KEY(street_id) REFERENCES areas (id),
  FOREIGN KEY(community_id) REFERENCES areas (id),
  FOREIGN KEY(grid_id) REFERENCES areas (id),
  FOREIGN KEY(import_id) REFERENCES imports (id)
);
CREATE INDEX ix_buildings_key ON buildings (city_id, "key");
CREATE TABLE events (
  id INTEGER NOT NULL,
  city_id INTEGER NOT NULL,
  building_id INTEGER NOT NULL,
  kind VARCHAR(40) NOT NULL,
  day DATE NOT NULL,
  recorded_on DATE NOT NULL,
  source_key VARCHAR(80),
  corrects_id INTEGER,
  import_id INTEGER NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (city_id, source_key),
  FOREIGN KEY(city_id) REFERENCES cities (id),
  FOREIGN KEY(building_id) REFERENCES buildings (id),
  FOREIGN KEY(corrects_id) REFERENCES events (id),
  FOREIGN KEY(import_id) REFERENCES imports (id)
);
CREATE INDEX ix_events_corrects ON events (corrects_id) WHERE corrects_id IS NOT NULL;
CREATE INDEX ix_events_building ON events (building_id, day);
CREATE TABLE inspections (
  id INTEGER NOT NULL,
  city_id INTEGER NOT NULL,
  building_id INTEGER NOT NULL,
  day DATE NOT NULL,
  recorded_on DATE NOT NULL,
  checklist_id INTEGER,
  answers VARCHAR(80),
  inspector VARCHAR(20),
  published_score INTEGER,
  published_result VARCHAR(80),
  source_key VARCHAR(80),
  corrects_id INTEGER,
  import_id INTEGER NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (city_id, source_key),
  FOREIGN KEY(city_id) REFERENCES cities (id),
  FOREIGN KEY(building_id) REFERENCES buildings (id),
  FOREIGN KEY(checklist_id) REFERENCES checklists (id),
  FOREIGN KEY(corrects_id) REFERENCES inspections (id),
  FOREIGN KEY(import_id) REFERENCES imports (id)
);
CREATE INDEX ix_inspections_corrects ON inspections (corrects_id) WHERE corrects_id IS NOT NULL;
CREATE INDEX ix_inspections_building ON inspections (building_id, day);
CREATE TABLE homes (
  id INTEGER NOT NULL,
  project_id INTEGER NOT NULL,
  building_id INTEGER NOT NULL,
  code VARCHAR(64) NOT NULL,
  rooms INTEGER NOT NULL,
  area_m2 DOUBLE NOT NULL,
  floor INTEGER NOT NULL,
  rent_yuan_month INTEGER NOT NULL,
  lift BOOLEAN NOT NULL,
  barrier_free BOOLEAN NOT NULL,
  import_id INTEGER NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (project_id, code),
  FOREIGN KEY(project_id) REFERENCES projects (id),
  FOREIGN KEY(building_id) REFERENCES buildings (id),
  FOREIGN KEY(import_id) REFERENCES imports (id)
);
CREATE INDEX ix_homes_building ON homes (building_id);
CREATE TABLE ratings (
  id INTEGER NOT NULL,
  building_id INTEGER NOT NULL,
  edition_id INTEGER NOT NULL,
  day DATE NOT NULL,
  recorded_on DATE NOT NULL,
  score DOUBLE,
  grade VARCHAR(20),
  PRIMARY KEY (id),
  FOREIGN KEY(building_id) REFERENCES buildings (id),
  FOREIGN KEY(edition_id) REFERENCES rule_editions (id)
);
CREATE INDEX ix_ratings_building ON ratings (building_id, edition_id, day);
CREATE TABLE hazards (
  id INTEGER NOT NULL,
  city_id INTEGER NOT NULL,
  building_id INTEGER NOT NULL,
  inspection_id INTEGER,
  hazard_group VARCHAR(20) NOT NULL,
  category VARCHAR(160) NOT NULL,
  severity VARCHAR(8) NOT NULL,
  found_on DATE NOT NULL,
  due_on DATE,
  source_key VARCHAR(80),
  corrects_id INTEGER,
  import_id INTEGER NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (city_id, source_key),
  FOREIGN KEY(city_id) REFERENCES cities (id),
  FOREIGN KEY(building_id) REFERENCES buildings (id),
  FOREIGN KEY(inspection_id) REFERENCES inspections (id),
  FOREIGN KEY(corrects_id) REFERENCES hazards (id),
  FOREIGN KEY(import_id) REFERENCES imports (id)
);
CREATE INDEX ix_hazards_inspection ON hazards (inspection_id);
CREATE INDEX ix_hazards_building ON hazards (building_id);
CREATE INDEX ix_hazards_corrects ON hazards (corrects_id) WHERE corrects_id IS NOT NULL;
CREATE TABLE home_states (
  id INTEGER NOT NULL,
  home_id INTEGER NOT NULL,
  state VARCHAR(16) NOT NULL,
  day DATE NOT NULL,
  recorded_on DATE NOT NULL,
  import_id INTEGER NOT NULL,
  PRIMARY KEY (id),
  FOREIGN KEY(home_id) REFERENCES homes (id),
  FOREIGN KEY(import_id) REFERENCES imports (id)
);
CREATE INDEX ix_home_states_home ON home_states (home_id, day);
CREATE TABLE rating_corrections (
  id INTEGER NOT NULL,
  building_id INTEGER NOT NULL,
  rating_id INTEGER NOT NULL,
  run_id INTEGER NOT NULL,
  "before" VARCHAR(20),
  PRIMARY KEY (id),
  FOREIGN KEY(building_id) REFERENCES buildings (id),
  UNIQUE (rating_id),
  FOREIGN KEY(rating_id) REFERENCES ratings (id),
  FOREIGN KEY(run_id) REFERENCES rating_runs (id)
);
CREATE INDEX ix_rating_corrections_building_id ON rating_corrections (building_id);
CREATE INDEX ix_rating_corrections_run_id ON rating_corrections (run_id);
CREATE TABLE hazard_steps (
  id INTEGER NOT NULL,
  hazard_id INTEGER NOT NULL,
  step VARCHAR(20) NOT NULL,
  day DATE NOT NULL,
  recorded_on DATE NOT NULL,
  department VARCHAR(40),
  import_id INTEGER NOT NULL,
  PRIMARY KEY (id),
  FOREIGN KEY(hazard_id) REFERENCES hazards (id),
  FOREIGN KEY(import_id) REFERENCES imports (id)
);
CREATE INDEX ix_hazard_steps_hazard ON hazard_steps (hazard_id, day);
