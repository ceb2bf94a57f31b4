"""Every document that this room stores."""

from backend.identity.accounts import Account
from backend.identity.attempts import SignInAttempts
from backend.identity.institutions import InstitutionClient
from backend.identity.sessions import Session
from backend.identity.sign_ins import SignIn
from backend.identity.staff_secrets import StaffSecret

DOCUMENTS = (Account, SignIn, Session, SignInAttempts, StaffSecret, InstitutionClient)
