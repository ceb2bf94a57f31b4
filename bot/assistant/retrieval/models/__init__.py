"""Adapters from a library's model to LangChain's ``Embeddings``; imported when one is loaded."""
