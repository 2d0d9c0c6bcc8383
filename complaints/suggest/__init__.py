"""Which category a text speaks of: rules that ship, a model trained from the city's own reports, a choice.

Pure: texts and keyword lists come in as plain values, nothing here knows the database.
"""
