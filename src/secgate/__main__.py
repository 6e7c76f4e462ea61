"""`python -I -m secgate`. Without `-I` Python looks for modules in the working directory, which a hostile tree may be."""

import sys

if not sys.flags.isolated and not sys.flags.safe_path:
    del sys.path[0]

from secgate.cli import main  # noqa: E402 - nothing of the working directory may be imported

main()
