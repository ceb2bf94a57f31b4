"""Apple Health's export.xml, read as a stream in constant memory.

Steps stay the intervals that Health holds (phone and watch overlap; a day's
total is for whoever reads them); sleep segments become nights; both halves of a
blood pressure, alone or in a correlation, become one reading.
"""
