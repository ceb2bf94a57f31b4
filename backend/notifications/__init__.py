"""What to tell whom, by which channel.

Owns inbox items, push addresses and each account's choices. Other rooms publish events; the
tables in ``data/`` say which of them are told, to whom and how urgently. A room that tells of
something at a time, not by an event (reminders), calls ``Telling.tell`` in its transaction.

No health content leaves by a push: what a channel is given is made from urgency, count and
language alone (``channels.base.Parcel``). The inbox names an event and a thing; what it holds
is behind the thing's own door.
"""
