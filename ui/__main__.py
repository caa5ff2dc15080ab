"""`python -m ui`: the command `conform`."""

from ui.cli import main

main()
