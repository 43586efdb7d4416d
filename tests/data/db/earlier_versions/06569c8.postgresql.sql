CREATE TABLE cities (
  id BIGSERIAL NOT NULL,
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
  id BIGSERIAL NOT NULL,
  rule_set VARCHAR(40) NOT NULL,
  in_force DATE NOT NULL,
  sha256 VARCHAR(64) NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (rule_set, in_force, sha256)
);
CREATE TABLE imports (
  id BIGSERIAL NOT NULL,
  city_id BIGINT NOT NULL,
  mapping VARCHAR(80) NOT NULL,
  file_name VARCHAR(255) NOT NULL,
  sha256 VARCHAR(64) NOT NULL,
  finished_at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
  counts JSON NOT NULL,
  PRIMARY KEY (id),
  FOREIGN KEY(city_id) REFERENCES cities (id)
);
CREATE TABLE checklists (
  id BIGSERIAL NOT NULL,
  city_id BIGINT NOT NULL,
  code VARCHAR(40) NOT NULL,
  items JSON NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (city_id, code),
  FOREIGN KEY(city_id) REFERENCES cities (id)
);
CREATE TABLE rows_set_aside (
  id BIGSERIAL NOT NULL,
  import_id BIGINT NOT NULL,
  row_number INTEGER NOT NULL,
  reason VARCHAR(40) NOT NULL,
  sentence TEXT NOT NULL,
  row JSON NOT NULL,
  PRIMARY KEY (id),
  FOREIGN KEY(import_id) REFERENCES imports (id)
);
CREATE INDEX ix_rows_set_aside_import_id ON rows_set_aside (import_id);
CREATE TABLE areas (
  id BIGSERIAL NOT NULL,
  city_id BIGINT NOT NULL,
  level VARCHAR(12) NOT NULL,
  code VARCHAR(40) NOT NULL,
  name VARCHAR(120) NOT NULL,
  name_en VARCHAR(120),
  parent_id BIGINT,
  outline BYTEA NOT NULL,
  import_id BIGINT NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (city_id, level, code),
  FOREIGN KEY(city_id) REFERENCES cities (id),
  FOREIGN KEY(parent_id) REFERENCES areas (id),
  FOREIGN KEY(import_id) REFERENCES imports (id)
);
CREATE TABLE projects (
  id BIGSERIAL NOT NULL,
  city_id BIGINT NOT NULL,
  code VARCHAR(40) NOT NULL,
  name VARCHAR(120) NOT NULL,
  operator VARCHAR(120) NOT NULL,
  address VARCHAR(255) NOT NULL,
  lon DOUBLE PRECISION NOT NULL,
  lat DOUBLE PRECISION NOT NULL,
  import_id BIGINT NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (city_id, code),
  FOREIGN KEY(city_id) REFERENCES cities (id),
  FOREIGN KEY(import_id) REFERENCES imports (id)
);
CREATE TABLE buildings (
  id BIGSERIAL NOT NULL,
  city_id BIGINT NOT NULL,
  code VARCHAR(64) NOT NULL,
  name VARCHAR(160) NOT NULL,
  address VARCHAR(255) NOT NULL,
  lon DOUBLE PRECISION,
  lat DOUBLE PRECISION,
  key BIGINT,
  off_map VARCHAR(160),
  district_id BIGINT,
  street_id BIGINT,
  community_id BIGINT,
  grid_id BIGINT,
  homes INTEGER,
  floors INTEGER,
  built INTEGER,
  use VARCHAR(40),
  group_rental BOOLEAN,
  import_id BIGINT NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (city_id, code),
  FOREIGN KEY(city_id) REFERENCES cities (id),
  FOREIGN KEY(district_id) REFERENCES areas (id),
  FOREIGN KEY(street_id) REFERENCES areas (id),
  FOREIGN KEY(community_id) REFERENCES areas (id),
  FOREIGN KEY(grid_id) REFERENCES areas (id),
  FOREIGN KEY(import_id) REFERENCES imports (id)
);
CREATE INDEX ix_buildings_key ON buildings (city_id, key);
CREATE TABLE events (
  id BIGSERIAL NOT NULL,
  city_id BIGINT NOT NULL,
  building_id BIGINT NOT NULL,
  kind VARCHAR(40) NOT NULL,
  day DATE NOT NULL,
  recorded_on DATE NOT NULL,
  source_key VARCHAR(80),
  corrects_id BIGINT,
  import_id BIGINT NOT NULL,
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
  id BIGSERIAL NOT NULL,
  city_id BIGINT NOT NULL,
  building_id BIGINT NOT NULL,
  day DATE NOT NULL,
  recorded_on DATE NOT NULL,
  checklist_id BIGINT,
  answers VARCHAR(80),
  inspector VARCHAR(20),
  published_score INTEGER,
  published_result VARCHAR(80),
  source_key VARCHAR(80),
  corrects_id BIGINT,
  import_id BIGINT NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (city_id, source_key),
  FOREIGN KEY(city_id) REFERENCES cities (id),
  FOREIGN KEY(building_id) REFERENCES buildings (id),
  FOREIGN KEY(checklist_id) REFERENCES checklists (id),
  FOREIGN KEY(corrects_id) REFERENCES inspections (id),
  FOREIGN KEY(import_id) REFERENCES imports (id)
);
CREATE INDEX ix_inspections_building ON inspections (building_id, day);
CREATE INDEX ix_inspections_corrects ON inspections (corrects_id) WHERE corrects_id IS NOT NULL;
CREATE TABLE homes (
  id BIGSERIAL NOT NULL,
  project_id BIGINT NOT NULL,
  building_id BIGINT NOT NULL,
  code VARCHAR(64) NOT NULL,
  rooms INTEGER NOT NULL,
  area_m2 DOUBLE PRECISION NOT NULL,
  floor INTEGER NOT NULL,
  rent_yuan_month INTEGER NOT NULL,
  lift BOOLEAN NOT NULL,
  barrier_free BOOLEAN NOT NULL,
  import_id BIGINT NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (project_id, code),
  FOREIGN KEY(project_id) REFERENCES projects (id),
  FOREIGN KEY(building_id) REFERENCES buildings (id),
  FOREIGN KEY(import_id) REFERENCES imports (id)
);
CREATE INDEX ix_homes_building ON homes (building_id);
CREATE TABLE ratings (
  id BIGSERIAL NOT NULL,
  building_id BIGINT NOT NULL,
  edition_id BIGINT NOT NULL,
  day DATE NOT NULL,
  recorded_on DATE NOT NULL,
  score DOUBLE PRECISION,
  grade VARCHAR(20),
  PRIMARY KEY (id),
  FOREIGN KEY(building_id) REFERENCES buildings (id),
  FOREIGN KEY(edition_id) REFERENCES rule_editions (id)
);
CREATE INDEX ix_ratings_building ON ratings (building_id, edition_id, day);
CREATE TABLE hazards (
  id BIGSERIAL NOT NULL,
  city_id BIGINT NOT NULL,
  building_id BIGINT NOT NULL,
  inspection_id BIGINT,
  hazard_group VARCHAR(20) NOT NULL,
  category VARCHAR(160) NOT NULL,
  severity VARCHAR(8) NOT NULL,
  found_on DATE NOT NULL,
  due_on DATE,
  source_key VARCHAR(80),
  corrects_id BIGINT,
  import_id BIGINT NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (city_id, source_key),
  FOREIGN KEY(city_id) REFERENCES cities (id),
  FOREIGN KEY(building_id) REFERENCES buildings (id),
  FOREIGN KEY(inspection_id) REFERENCES inspections (id),
  FOREIGN KEY(corrects_id) REFERENCES hazards (id),
  FOREIGN KEY(import_id) REFERENCES imports (id)
);
CREATE INDEX ix_hazards_building ON hazards (building_id);
CREATE INDEX ix_hazards_inspection ON hazards (inspection_id);
CREATE INDEX ix_hazards_corrects ON hazards (corrects_id) WHERE corrects_id IS NOT NULL;
CREATE TABLE home_states (
  id BIGSERIAL NOT NULL,
  home_id BIGINT NOT NULL,
  state VARCHAR(16) NOT NULL,
  day DATE NOT NULL,
  recorded_on DATE NOT NULL,
  import_id BIGINT NOT NULL,
  PRIMARY KEY (id),
  FOREIGN KEY(home_id) REFERENCES homes (id),
  FOREIGN KEY(import_id) REFERENCES imports (id)
);
CREATE INDEX ix_home_states_home ON home_states (home_id, day);
CREATE TABLE hazard_steps (
  id BIGSERIAL NOT NULL,
  hazard_id BIGINT NOT NULL,
  step VARCHAR(20) NOT NULL,
  day DATE NOT NULL,
  recorded_on DATE NOT NULL,
  department VARCHAR(40),
  import_id BIGINT NOT NULL,
  PRIMARY KEY (id),
  FOREIGN KEY(hazard_id) REFERENCES hazards (id),
  FOREIGN KEY(import_id) REFERENCES imports (id)
);
CREATE INDEX ix_hazard_steps_hazard ON hazard_steps (hazard_id, day);
