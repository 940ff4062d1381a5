"""Simulated against observed windows."""
