"""Every document of every room."""

from __future__ import annotations

from backend.access.circle import documents as circle_documents
from backend.access.consent import documents as consent_documents
from backend.access.contract import documents as contract_documents
from backend.access.log import documents as log_documents
from backend.access.relations import Relation
from backend.appointments import documents as appointment_documents
from backend.archive import documents as archive_documents
from backend.care import documents as care_documents
from backend.care.plans import documents as plan_documents
from backend.care.reminders import documents as reminder_documents
from backend.core import container
from backend.identity import documents as identity_documents
from backend.measurements import documents as measurement_documents
from backend.measurements.picture import documents as picture_documents
from backend.notifications import documents as notification_documents
from backend.privacy import documents as privacy_documents
from backend.questionnaires import documents as questionnaire_documents
from backend.reports import documents as report_documents
from backend.sharing import documents as sharing_documents
from bot.assistant.retrieval import documents as passage_documents
from bot.assistant.stored import documents as assistant_documents
from bot.linking import documents as linking_documents
from bot.telegram import documents as telegram_documents
from content import documents as content_documents
from rewards import documents as reward_documents

DOCUMENTS = (
    *container.DOCUMENTS,
    Relation,
    *log_documents.DOCUMENTS,
    *circle_documents.DOCUMENTS,
    *contract_documents.DOCUMENTS,
    *consent_documents.DOCUMENTS,
    *privacy_documents.DOCUMENTS,
    *identity_documents.DOCUMENTS,
    *archive_documents.DOCUMENTS,
    *measurement_documents.DOCUMENTS,
    *picture_documents.DOCUMENTS,
    *report_documents.DOCUMENTS,
    *sharing_documents.DOCUMENTS,
    *reward_documents.DOCUMENTS,
    *content_documents.DOCUMENTS,
    *care_documents.DOCUMENTS,
    *questionnaire_documents.DOCUMENTS,
    *notification_documents.DOCUMENTS,
    *reminder_documents.DOCUMENTS,
    *plan_documents.DOCUMENTS,
    *appointment_documents.DOCUMENTS,
    *assistant_documents.DOCUMENTS,
    *passage_documents.DOCUMENTS,
    *linking_documents.DOCUMENTS,
    *telegram_documents.DOCUMENTS,
)
