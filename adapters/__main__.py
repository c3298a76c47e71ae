"""`python -m adapters`: the same as `followthrough`, where scripts are not on the path."""

import sys

from adapters.cli import main

if __name__ == "__main__":
    sys.exit(main())
