"""What things are called: kinds of measurement, and the words people use for them.

Data files with their sources; the modules only read and look up.
"""
