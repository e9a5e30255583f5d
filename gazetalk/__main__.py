"""`python -m gazetalk`."""

import sys

from gazetalk.cli import main

if __name__ == "__main__":
    sys.exit(main())
