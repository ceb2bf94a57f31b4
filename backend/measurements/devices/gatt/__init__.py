"""Bluetooth GATT measurement characteristics, one module each.

Layouts: Bluetooth SIG GATT Specification Supplement; numbers: IEEE 11073-20601
(``mder.py``). A module that declares ``DECODERS`` is found by the registry.
"""
