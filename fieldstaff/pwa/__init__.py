"""The officers' own app under /petugas/: who holds the phone, what it shows him, what it brings."""
