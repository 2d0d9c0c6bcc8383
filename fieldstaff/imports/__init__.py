"""Officers and rosters out of spreadsheets and back: all or nothing, every error by row and column."""
