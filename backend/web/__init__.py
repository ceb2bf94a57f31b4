"""HTTP: the Litestar app's routes. Only ``backend.main`` enters.

Parses, asks a service, answers. GraphQL is one of the routes; the others are
for machines (institutions' FHIR, meters) and for what a browser or phone
loads by address (charts).
"""
