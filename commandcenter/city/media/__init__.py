"""Files of citizens: looked at by a worker, made anew without metadata, and only then shown."""
