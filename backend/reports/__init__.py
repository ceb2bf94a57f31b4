"""Reports: upload, OCR, review, and from there into the archive."""
