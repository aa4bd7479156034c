"""`python -m earmark` is `earmark`."""

from earmark.commands import main

main()
