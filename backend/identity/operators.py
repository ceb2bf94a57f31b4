"""What operators do with people's accounts: make staff, suspend, give roles."""

from __future__ import annotations

from beanie import PydanticObjectId
from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from backend.core.clock import Clock
from backend.core.database import Session as Transaction
from backend.core.database import Store
from backend.identity.accounts import Account, AccountStatus
from backend.identity.admission import Admission
from backend.identity.errors import AccountNotFound, OperatorRequired, RolesUnfit, SignInTaken
from backend.identity.logins import normal_phone, normal_username
from backend.identity.passwords import Passwords, check_password
from backend.identity.providers import ProviderIdentity
from backend.identity.session_desk import SessionDesk
from backend.identity.sessions import EndReason, Session
from backend.identity.sign_ins import ProviderName
from backend.identity.staff_desk import StaffDesk
from backend.identity.staff_secrets import StaffSecret
from backend.identity.viewer import Role, Viewer

_PEOPLES_ROLES = frozenset(Role) - {Role.INSTITUTION}
_MACHINES_ROLES = frozenset({Role.INSTITUTION})


def require_operator(viewer: Viewer) -> None:
    """Raises ``OperatorRequired``. The kangban command acts as an operator beside the data."""
    if not viewer.has(Role.OPERATOR):
        raise OperatorRequired


class Operators:
    """Everything here raises ``OperatorRequired`` for anybody else."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        admission: Admission,
        passwords: Passwords,
        desk: SessionDesk,
        staff: StaffDesk,
    ) -> None:
        self._store = store
        self._clock = clock
        self._admission = admission
        self._passwords = passwords
        self._desk = desk
        self._staff = staff

    async def create_staff(
        self,
        viewer: Viewer,
        *,
        username: str,
        password: str,
        roles: frozenset[Role],
        display_name: str,
        phone: str | None = None,
    ) -> ObjectId:
        """An account with a first password; its owner sets up TOTP before the first sign-in.

        Raises ``UsernameUnfit``, ``PhoneUnfit``, ``PasswordTooWeak``, ``RolesUnfit``,
        ``DisplayNameUnfit`` or ``SignInTaken``.
        """
        require_operator(viewer)
        username = normal_username(username)
        phone = None if phone is None else normal_phone(phone)
        logins = (username,) if phone is None else (username, phone)
        check_password(password, logins)
        _check_roles(roles, _PEOPLES_ROLES)
        identity = ProviderIdentity(
            provider=ProviderName.PASSWORD,
            subjects=logins,
            display_name=display_name,
            phone=phone,
        )
        return await self._register_staff(identity, roles, await self._passwords.hash(password))

    async def reset_staff(self, viewer: Viewer, account_id: ObjectId, password: str) -> None:
        """For staff who lost phone or password: a new first password, TOTP to be set up anew.

        Raises ``PasswordTooWeak`` or ``AccountNotFound``.
        """
        require_operator(viewer)
        await self._staff.reset(account_id, password)

    async def suspend(self, viewer: Viewer, account_id: ObjectId) -> None:
        """Nobody signs in to it any more, and every session ends. Raises ``AccountNotFound``."""
        require_operator(viewer)

        async def work(transaction: Transaction) -> None:
            await _set(account_id, transaction, status=AccountStatus.SUSPENDED)
            await self._desk.end(
                {"account_id": account_id}, EndReason.ACCOUNT_SUSPENDED, transaction
            )

        await self._store.transaction(work)

    async def reinstate(self, viewer: Viewer, account_id: ObjectId) -> None:
        """Raises ``AccountNotFound``. What was signed in before stays signed out."""
        require_operator(viewer)

        async def work(transaction: Transaction) -> None:
            await _set(account_id, transaction, status=AccountStatus.ACTIVE)

        await self._store.transaction(work)

    async def set_roles(self, viewer: Viewer, account_id: ObjectId, roles: frozenset[Role]) -> None:
        """Takes effect with the next request of every device.

        Raises ``AccountNotFound`` or ``RolesUnfit``.
        """
        require_operator(viewer)

        async def work(transaction: Transaction) -> None:
            before = await Account.get(account_id, session=transaction)
            if before is None:
                raise AccountNotFound
            machine = Role.INSTITUTION in before.roles
            _check_roles(roles, _MACHINES_ROLES if machine else _PEOPLES_ROLES)
            await _set(account_id, transaction, roles=sorted(roles))
            await Session.get_pymongo_collection().update_many(
                {"account_id": account_id, "ended_at": None},
                {"$set": {"roles": sorted(roles)}},
                session=transaction,
            )

        await self._store.transaction(work)

    async def _register_staff(
        self, identity: ProviderIdentity, roles: frozenset[Role], password_hash: str
    ) -> ObjectId:
        async def work(transaction: Transaction) -> ObjectId:
            account_id = await self._admission.register(identity, roles, transaction)
            await StaffSecret(
                id=PydanticObjectId(account_id),
                password_hash=password_hash,
                password_changed_at=self._clock.now(),
            ).insert(session=transaction)
            return account_id

        try:
            return await self._store.transaction(work)
        except DuplicateKeyError as error:
            raise SignInTaken from error


async def _set(account_id: ObjectId, transaction: Transaction, **fields: object) -> None:
    result = await Account.get_pymongo_collection().update_one(
        {"_id": account_id}, {"$set": fields}, session=transaction
    )
    if result.matched_count == 0:
        raise AccountNotFound


def _check_roles(roles: frozenset[Role], allowed: frozenset[Role]) -> None:
    unfit = sorted(roles - allowed)
    if unfit or not roles:
        raise RolesUnfit(roles=unfit)
