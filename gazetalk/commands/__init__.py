"""What each command of the command line does; `cli.py` imports the one that was asked for."""
