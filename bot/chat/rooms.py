"""What the bot needs of the program: ``backend.services.Services`` is one."""

from __future__ import annotations

from typing import Protocol

from backend.access.consent.service import Consents
from backend.access.service import Access
from backend.archive.residents import Residents
from backend.care.reminders.wiring import ReminderServices
from backend.care.service import Care
from backend.core.container import Core
from backend.measurements.alerts import Alerts
from backend.measurements.charting import Charting
from backend.measurements.correcting import Correcting
from backend.measurements.picture.pictures import Pictures
from backend.measurements.recording import Recording
from backend.notifications.wiring import Notifications
from backend.reports.wiring import ReportServices
from bot.assistant.stored.service import AssistantService
from bot.linking.links import ChatLinks
from rewards.wiring import Points


class Rooms(Protocol):
    @property
    def core(self) -> Core: ...
    @property
    def access(self) -> Access: ...
    @property
    def consents(self) -> Consents: ...
    @property
    def residents(self) -> Residents: ...
    @property
    def recording(self) -> Recording: ...
    @property
    def correcting(self) -> Correcting: ...
    @property
    def charting(self) -> Charting: ...
    @property
    def pictures(self) -> Pictures: ...
    @property
    def alerts(self) -> Alerts: ...
    @property
    def reminders(self) -> ReminderServices: ...
    @property
    def points(self) -> Points: ...
    @property
    def reports(self) -> ReportServices: ...
    @property
    def care(self) -> Care: ...
    @property
    def notifications(self) -> Notifications: ...
    @property
    def chat_links(self) -> ChatLinks: ...
    @property
    def assistant(self) -> AssistantService: ...
