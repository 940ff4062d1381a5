"""What ``docs/make.py`` writes into the pages: each block between two marks is made by a function of this package."""
