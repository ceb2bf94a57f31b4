"""All checks, in the order in which a person would mend things."""

from __future__ import annotations

from backend.doctor import machine, parts, services, store
from backend.doctor.engines import engines
from backend.doctor.finding import Finding, Installation


def examine(installation: Installation) -> list[Finding]:
    """Look at everything; a check that finds a fault never keeps the next from running."""
    data_dir = installation.data_dir
    return [
        machine.python(),
        machine.data_dir(data_dir),
        store.mongodb(installation.mongodb_uri, data_dir),
        services.master_key(
            installation.master_key_file, data_dir, production=installation.production
        ),
        *engines(installation.ocr_engine),
        parts.embedding_model(),
        machine.fonts(),
        services.optional_service(
            "wechat",
            installation.wechat_configured,
            "KANGBAN_WECHAT_APP_ID, KANGBAN_WECHAT_APP_SECRET",
        ),
        services.optional_service(
            "firebase", installation.firebase_configured, "KANGBAN_FIREBASE_PROJECT_ID"
        ),
        parts.browser(),
    ]
