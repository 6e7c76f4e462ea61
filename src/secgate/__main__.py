"""`python -I -m secgate`: without `-I` Python looks for modules in the working directory, which may be hostile."""

import sys

if not sys.flags.isolated and not sys.flags.safe_path:
    del sys.path[0]

from secgate.cli import main

main()
