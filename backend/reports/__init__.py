"""Reports: a photo or PDF of hospital paper, from upload over OCR and review into the archive.

Owns the collections ``reports``, ``report_jobs``, ``report_uploads`` and
``report_pieces``, and the blobs of the pages. Entered through the services of
``backend.reports.wiring``; every one of them asks the policy for the category
``REPORTS`` first. What is written on a page is data and never an instruction.
"""
