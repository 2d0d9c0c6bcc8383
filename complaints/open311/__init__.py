"""Open311 GeoReport v2: other cities' apps and portals read and send reports in a common language."""
