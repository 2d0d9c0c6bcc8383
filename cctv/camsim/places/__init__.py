"""One module a place; each fills a `Place` through the tools of `view`, `figures` and `actors`."""
