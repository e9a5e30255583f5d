"""`python -m gazetalk.lab`: the lab's commands without the rest of the program."""

import sys

from gazetalk.lab.cli import main

if __name__ == "__main__":
    try:
        sys.exit(main())
    except ValueError as error:
        print(f"gazetalk lab: {error}", file=sys.stderr)
        sys.exit(2)
