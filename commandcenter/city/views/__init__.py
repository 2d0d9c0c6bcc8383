"""Pages of the city, by subject."""
