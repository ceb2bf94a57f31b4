"""Every document that this room stores."""

from rewards.evidence.documents import EvidenceDocument
from rewards.ledger import documents as ledger
from rewards.rules import documents as rules

DOCUMENTS = (*ledger.DOCUMENTS, *rules.DOCUMENTS, EvidenceDocument)
