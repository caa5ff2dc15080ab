"""What a reviewer sees, hears and decides before stems are written, as values."""
