"""Pay: what stored days are worth, closing a period, what people read of it."""
