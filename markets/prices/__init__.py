"""Daily prices of staple goods: amounts as people write them, what is plausible, and the figures shown."""
