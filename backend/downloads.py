"""What rooms above privacy put into a resident's download."""

from __future__ import annotations

from backend.appointments.wiring import Appointments
from backend.care.plans.wiring import CarePlans
from backend.care.reminders.wiring import ReminderServices
from backend.care.service import Care
from backend.privacy.exporters.rows import RowsExporter
from backend.privacy.exporting import Exporter
from backend.questionnaires.wiring import Questionnaires
from backend.reports.wiring import ReportServices
from bot.assistant.stored.exporter import ConversationExporter
from bot.assistant.stored.service import AssistantService
from content.wiring import Content


def exporters(
    assistant: AssistantService,
    care: Care,
    reports: ReportServices,
    questionnaires: Questionnaires,
    content: Content,
    appointments: Appointments,
    reminders: ReminderServices,
    care_plans: CarePlans,
) -> list[Exporter]:
    return [
        ConversationExporter(assistant.conversations),
        RowsExporter(
            "tickets",
            "questions-to-the-doctor.json",
            "向医生提的问题和答复",
            "Questions to the doctor and their answers",
            care.tickets.exported,
        ),
        RowsExporter(
            "report_alerts",
            "report-alerts.json",
            "检验报告的提醒",
            "Alerts of reports",
            reports.alerts.plain,
        ),
        RowsExporter(
            "questionnaires",
            "questionnaires.json",
            "填写的问卷和得分",
            "Questionnaires and their scores",
            questionnaires.looking.exported,
        ),
        RowsExporter(
            "articles",
            "articles.json",
            "读过的健康文章和小测验",
            "Health articles read and quizzes",
            content.looking.exported,
        ),
        RowsExporter(
            "appointments",
            "appointments.json",
            "预约（FHIR Appointment）",
            "Appointments (FHIR Appointment)",
            appointments.looking.exported,
        ),
        RowsExporter(
            "reminders",
            "reminders.json",
            "提醒和完成情况",
            "Reminders and what became of them",
            reminders.rows.exported,
        ),
        RowsExporter(
            "care_plans",
            "care-plans.json",
            "健康计划、每次调整和原因",
            "Care plans, each change and why",
            care_plans.looking.exported,
        ),
    ]
