"""What people look at: tables for the terminal and pictures.  Nothing here computes a statistic."""
