"""Home measurements: kinds, units, devices, readings, thresholds, alerts and trends.

Owns the collections ``readings``, ``alerts``, ``threshold_overrides``, ``meters`` and
``meter_claim_attempts``. Stands on ``access``, ``identity`` and ``core``; entered through
``service.py`` by the archive's importers, the assistant and GraphQL.
"""
