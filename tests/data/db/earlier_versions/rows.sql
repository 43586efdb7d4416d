INSERT INTO cities (id, code, names, bounds, levels, rule_sets, invented, licence)
VALUES (1, 'lockside', '{"zh": "闸口"}', '[0, 0, 1, 1]', '{}', '[]', '0', '');
INSERT INTO imports (id, city_id, mapping, file_name, sha256, finished_at, counts)
VALUES (1, 1, 'any', 'any.csv', '0', '2024-06-30 12:00:00', '{}');
INSERT INTO buildings (id, city_id, code, name, address, lon, lat, key, import_id)
VALUES (1, 1, 'P-1', '', '', 0.5, 0.5, 7, 1);
INSERT INTO events (id, city_id, building_id, kind, day, recorded_on, import_id)
VALUES (1, 1, 1, 'fire_accident', '2024-06-01', '2024-06-02', 1);
