"""What one operation may ask for, what fields cost, and what a viewer may spend.

The limits are the design's; the prices follow what a field makes the store do.
"""

from __future__ import annotations

from collections.abc import Mapping

DEPTH = 10
ALIASES = 15
TOKENS = 2_000
NODES = 5_000

VARIABLES_DEPTH = 32
"""A questionnaire within a questionnaire within … needs a third of it."""

VALUES_A_POINT = 10
"""Values in the variables that cost a point together: a batch of 1,000 readings about 800."""

SUBSCRIPTIONS = 10
"""Open at once, of one viewer, over all connections of a process."""

LISTS: Mapping[str, int] = {
    "careCircle": 10,
    "invitations": 5,
    "acceptedInvitations": 5,
    "guardianshipRequests": 5,
    "careContracts": 10,
    "contractRequests": 20,
    "emergencyAccesses": 10,
    "carePlans": 4,
    "carePlanProposals": 4,
    "buckets": 30,
}
"""How many entries a list that is not paged is taken to have, beside its parent's size."""

MUTATION_PRICE = 20
PRICES: Mapping[str, int] = {
    # A provider is asked, or a password hashed (argon2: 50 ms of a core).
    "Mutation.signInWithWechat": 200,
    "Mutation.signInWithFirebase": 200,
    "Mutation.signInAsStaff": 500,
    "Mutation.signInAsInstitution": 500,
    "Mutation.signInAsDemo": 200,
    "Mutation.linkSignIn": 400,
    "Mutation.refreshSession": 100,
    "Mutation.beginStaffEnrolment": 500,
    "Mutation.confirmStaffEnrolment": 500,
    "Mutation.changePassword": 500,
    # One command each at least, whatever comes of it.
    "Resident.search": 50,
    "Resident.trend": 30,
    "Resident.timeline": 10,
    "Resident.readings": 10,
    "Resident.latestReadings": 10,
    "Resident.alerts": 10,
    "Resident.careCircle": 10,
    "Query.people": 50,
    "Query.panel": 100,
    "Query.worklist": 50,
    # The record is opened and read through; a language model may be asked.
    "Mutation.ask": 200,
    "Subscription.answerStream": 200,
    "Resident.doctorSummary": 100,
    "Resident.assessment": 50,
    "Resident.carePlans": 10,
    "Resident.carePlanProposals": 10,
    "HealthPlan.progress": 30,
    "HealthPlan.revisions": 10,
    "Resident.labTrend": 20,
    "Resident.questionnaires": 10,
    "Resident.questionnaire": 10,
    "Resident.questionnaireResponses": 20,
    "Resident.questionnaireTrend": 30,
    "Mutation.lookAtInvitation": 100,
    "Mutation.acceptInvitation": 100,
    "Mutation.signOfferedContract": 100,
    "Resident.entries": 10,
    "Resident.meters": 10,
    "Reading.history": 10,
    "Entry.history": 10,
}

REFILLED_IN = 60
"""Seconds in which an empty budget is full again; how big it is says the setting."""

ADDRESS_FACTOR = 2
"""An address where nobody is signed in: mobile carriers put thousands of phones behind one."""

KNOWN_SPENDERS = 20_000
"""Buckets kept in memory; the one that was left alone the longest goes first."""
