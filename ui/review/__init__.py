"""What a reviewer sees and does, without a window: state, decisions, sound, keys."""
