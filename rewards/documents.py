"""Every document that this room stores."""

from rewards.evidence.documents import EvidenceDocument
from rewards.fraud import documents as fraud
from rewards.ledger import documents as ledger
from rewards.redemption import documents as redemption
from rewards.rules import documents as rules

DOCUMENTS = (
    *ledger.DOCUMENTS,
    *rules.DOCUMENTS,
    EvidenceDocument,
    *redemption.DOCUMENTS,
    *fraud.DOCUMENTS,
)
