"""Configuration of what stands around the house in production: the proxy."""
