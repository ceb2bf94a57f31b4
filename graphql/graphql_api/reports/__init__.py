"""Reports over GraphQL: review, confirmation, progress, trends of laboratory items. Thin."""
