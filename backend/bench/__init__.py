"""Side-by-side benchmarks: ratios measured in one run, never seconds against a clock.

Each benchmark interleaves its two sides over several rounds after a warm-up
and compares medians. The store is an embedded MongoDB in a temporary directory.
"""
