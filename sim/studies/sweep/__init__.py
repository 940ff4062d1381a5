"""Scenarios over values of their parameters."""
