"""The Strawberry schema: one folder a room (types, queries, mutations, loaders), thin.

``graphql/`` above this package has no ``__init__.py``, ever: it would hide
graphql-core from everybody who imports ``graphql``.
"""
