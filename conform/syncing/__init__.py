"""Production sound to picture: which take lies under which event of a cut, and where."""
