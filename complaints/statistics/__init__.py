"""How the city answers its citizens, in figures: counted by the database under the reader's own rights."""
