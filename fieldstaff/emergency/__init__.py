"""A call for help from the phone to the walls, and back: who has taken it, and how it ended."""
