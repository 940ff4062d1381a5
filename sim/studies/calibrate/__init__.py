"""Sets of inputs that agree with what was observed."""
