"""Which inputs matter: one at a time (tornado), screening (Morris), shares of the variance (Sobol').

Each study is a generator that proposes points and is sent what was read of them; the estimators are plain functions of arrays.
"""
