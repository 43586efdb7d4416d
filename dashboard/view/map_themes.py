"""What the map can show beside a rule set's grades, and the marks that can lie on top."""

HAZARD_THEME, VACANT_THEME, DENSITY_THEME = "hazards", "vacant", "density"
OVERLAYS = ("hazards", "vacant")
