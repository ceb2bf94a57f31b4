"""What a client may hear of appointments."""

from __future__ import annotations

from backend.core.errors import Conflict, Invalid, NotFound, TooMuch


class ScheduleNotFound(NotFound):
    code = "SCHEDULE_NOT_FOUND"
    zh = "没有这份号源。"
    en = "There is no such schedule."


class ScheduleInvalid(Invalid):
    code = "SCHEDULE_INVALID"
    zh = "号源内容有误：{field}。"
    en = "This schedule is not valid: {field}."


class SchedulesTooMany(TooMuch):
    code = "SCHEDULES_TOO_MANY"
    zh = "最多可建 {limit} 份号源。"
    en = "There can be {limit} schedules at most."


class SlotNotFound(NotFound):
    code = "SLOT_NOT_FOUND"
    zh = "没有这个时段。"
    en = "There is no such time."


class SlotInvalid(Invalid):
    code = "SLOT_INVALID"
    zh = "时段有误：{field}。"
    en = "This time is not valid: {field}."


class SlotWithdrawn(Conflict):
    code = "SLOT_WITHDRAWN"
    zh = "机构已取消这个时段，请另选时间。"
    en = "The clinic withdrew this time; please choose another."


class SlotOver(Conflict):
    code = "SLOT_OVER"
    zh = "这个时段已过预约截止时间（开始前 {minutes} 分钟）。"
    en = "It is too late for this time: bookings end {minutes} minutes before."


class SlotFull(Conflict):
    code = "SLOT_FULL"
    zh = "这个时段已约满，可以候补或另选时间。"
    en = "This time is full; wait for a place or choose another."


class SlotHasPlaces(Conflict):
    code = "SLOT_HAS_PLACES"
    zh = "这个时段还有名额，可以直接预约。"
    en = "There are places left: book it rather than wait."


class SlotOfOtherKind(Invalid):
    code = "SLOT_OF_OTHER_KIND"
    zh = "只能改到同一类服务的时段。"
    en = "An appointment moves to a time of the same kind only."


class AppointmentNotFound(NotFound):
    code = "APPOINTMENT_NOT_FOUND"
    zh = "没有这个预约。"
    en = "There is no such appointment."


class AppointmentExists(Conflict):
    code = "APPOINTMENT_EXISTS"
    zh = "已有一个同类预约。请改期，或先取消原来的预约。"
    en = "There is an appointment of this kind already: move it, or cancel it first."


class AppointmentWaits(Conflict):
    code = "APPOINTMENT_WAITS"
    zh = "已在这个时段的候补名单上。"
    en = "Already on the waiting list of this time."


class WaitsTooMany(TooMuch):
    code = "WAITS_TOO_MANY"
    zh = "最多可同时候补 {limit} 个时段。"
    en = "One can wait for {limit} times at most."


class WaitingListFull(TooMuch):
    code = "WAITING_LIST_FULL"
    zh = "这个时段的候补名单已满。"
    en = "The waiting list of this time is full."


class AppointmentTooLate(Conflict):
    code = "APPOINTMENT_TOO_LATE"
    zh = "开始前 {hours} 小时内不能改期或取消，请联系机构。"
    en = "It cannot be moved or cancelled within {hours} hours of its start; ask the clinic."


class AppointmentOver(Conflict):
    code = "APPOINTMENT_OVER"
    zh = "这个预约已经结束或取消。"
    en = "This appointment is over, or was cancelled."


class OfferOver(Conflict):
    code = "APPOINTMENT_OFFER_OVER"
    zh = "候补名额的保留时间已过。"
    en = "The place was kept for a limited time, which is over."


class AttendanceTooSoon(Conflict):
    code = "ATTENDANCE_TOO_SOON"
    zh = "就诊时间未到，还不能登记。"
    en = "It is too soon to record attendance."


class AttendanceTooLate(Conflict):
    code = "ATTENDANCE_TOO_LATE"
    zh = "超过 {days} 天，不能再登记或更正到诊情况。"
    en = "Attendance is recorded and corrected within {days} days."


class SlotBundleInvalid(Invalid):
    code = "SLOT_BUNDLE_INVALID"
    zh = "不是有效的 FHIR 号源 Bundle：{reason}。"
    en = "This is not a FHIR Bundle of schedules and slots: {reason}."


class SlotTaken(Conflict):
    code = "SLOT_TAKEN"
    zh = "这个时段已有人预约，不能改时间；请取消时段并另发布。"
    en = "Somebody has a place at this time: withdraw it and publish another."


class ResourceInvalid(Invalid):
    code = "SLOT_RESOURCE_INVALID"
    zh = "资源不能采用：{reason}。"
    en = "This resource cannot be taken: {reason}."
