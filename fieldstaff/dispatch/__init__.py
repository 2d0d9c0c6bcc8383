"""Orders to people in the field: their states, who is asked, and how long each step took. Pure: no Django."""
