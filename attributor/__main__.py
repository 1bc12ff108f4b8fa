"""`python -m attributor`: the same as `attributor`."""

from attributor.cli import main

if __name__ == "__main__":
    main()
