"""Every document that this room stores."""

from rewards.ledger import documents as ledger

DOCUMENTS = (*ledger.DOCUMENTS,)
