"""`python -m castkit` is the same as `castkit`."""

from castkit.cli.main import main

if __name__ == "__main__":
    main()
