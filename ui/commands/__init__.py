"""The verbs of the command line, one module each: options in, one call, results printed."""
