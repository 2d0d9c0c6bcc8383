"""The twelve ways in and out: one adapter a file, one contract; no models, no clock of its own."""
