"""Had the grades ordered the visits, how much earlier would trouble have been found."""
