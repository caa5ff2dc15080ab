"""What is odd about a cut or a day of recordings before any work is done on it."""
