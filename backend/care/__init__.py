"""Family doctors, escalations, care plans, reminders, follow-ups."""
