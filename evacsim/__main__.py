"""``python -m evacsim`` does what ``evacsim`` does, in a folder with a file called ``sim.py`` too."""

from sim.cli import main

if __name__ == "__main__":
    main()
