"""``python -m sim`` does what ``evacsim`` does."""

from sim.cli import main

if __name__ == "__main__":
    main()
