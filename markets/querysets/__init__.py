"""Who sees what of the markets."""
