"""The doors: the command line and the viewer."""
