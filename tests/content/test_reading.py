"""Shown, opened, read, answered, liked: what is taken, what is refused, what is counted."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest
from bson import ObjectId

from backend.access.categories import Action, Category
from backend.access.errors import AccessDenied
from backend.core.clock import FixedClock
from backend.core.errors import KangbanError
from backend.identity.errors import OperatorRequired
from backend.identity.viewer import Role, Viewer
from backend.main import build_dispatcher
from backend.services import Services
from content.choosing.past import Feedback
from content.errors import (
    ArticleNotFound,
    ArticleNotOpened,
    ArticleNotRead,
    ArticleNotToTheEnd,
    ArticleReadTooFast,
    FigureSpanInvalid,
    QuizAnswersInvalid,
    QuizAttemptsSpent,
    ReadingReportInvalid,
)
from content.piece import Piece, id_of
from content.reading.plausible import least_seconds
from tests.factories import a_caregiver, a_key, a_resident, a_viewer

DAY = date(2026, 11, 21)


def salt(services: Services) -> Piece:
    return services.content.library.named("life_salt")


def right(piece: Piece) -> list[int]:
    return [each.right for each in piece.front.quiz]


def wrong(piece: Piece) -> list[int]:
    return [each.right % len(each.options) + 1 for each in piece.front.quiz]


async def read_it(services: Services, clock: FixedClock, who: Viewer, resident: ObjectId) -> Piece:
    piece = salt(services)
    await services.content.noting.opened(who, resident, piece.id, suggested=True)
    clock.advance(timedelta(minutes=2))
    await services.content.noting.read(who, resident, piece.id, dwell=110, scroll=1.0)
    return piece


async def answer(
    services: Services, who: Viewer, resident: ObjectId, piece: Piece, answers: list[int]
) -> bool:
    marked = await services.content.quizzes.answer(
        who, resident, piece.id, answers, idempotency_key=a_key()
    )
    return marked.passed


async def records(services: Services) -> list[dict[str, object]]:
    return await services.core.store.db["content_records"].find({}).to_list()


async def test_read_and_passed_earns_once_and_the_store_does_not_name_the_piece(
    services: Services, clock: FixedClock
) -> None:
    father, resident = await a_resident(services)
    piece = await read_it(services, clock, father, resident)
    assert not await answer(services, father, resident, piece, wrong(piece))
    assert await answer(services, father, resident, piece, right(piece))
    assert await answer(services, father, resident, piece, right(piece))
    await build_dispatcher(services).drain()
    statement = services.points.statement
    assert (await statement.balance(father, resident)).points == 2
    page = await statement.page(father, resident, first=5)
    assert [each.rule for each in page.items] == ["article_quiz"]
    for name in ("content_records", "point_evidence", "outbox", "idempotent_answers"):
        found = await services.core.store.db[name].find({}).to_list()
        assert found, name
        assert "salt" not in str(found), name
    (told,) = (await services.content.looking.page(father, resident, first=5)).items
    assert (told.slug, told.dwell, told.passed_at) == ("life_salt", 110, clock.now())
    (row,) = await services.content.looking.exported(father, resident)
    assert (row["article"], row["title"], row["scroll"]) == (piece.slug, piece.front.title, 1.0)
    noted = services.core.store.db["access_log"].find({"action": "record"})
    assert {raw["purpose"] async for raw in noted} == {"article"}


async def test_the_same_answer_again_counts_once_also_at_once(
    services: Services, clock: FixedClock
) -> None:
    father, resident = await a_resident(services)
    piece = await read_it(services, clock, father, resident)
    key = a_key()
    quizzes = services.content.quizzes
    sent = [
        quizzes.answer(father, resident, piece.id, right(piece), idempotency_key=key)
        for _ in range(4)
    ]
    assert {each.passed for each in await asyncio.gather(*sent)} == {True}
    (record,) = await records(services)
    assert record["attempts"] == 1
    events = services.core.store.db["outbox"]
    assert await events.count_documents({"name": "article_quiz_passed"}) == 1


async def test_what_cannot_have_been_read_is_refused_and_leaves_nothing(
    services: Services, clock: FixedClock
) -> None:
    father, resident = await a_resident(services)
    piece = salt(services)
    noting, least = services.content.noting, least_seconds(piece)

    async def refusal(dwell: int, scroll: float) -> KangbanError:
        with pytest.raises(KangbanError) as caught:
            await noting.read(father, resident, piece.id, dwell=dwell, scroll=scroll)
        return caught.value

    assert isinstance(await refusal(60, 1.0), ArticleNotOpened)
    assert await records(services) == []
    await noting.opened(father, resident, piece.id, suggested=False)
    clock.advance(timedelta(seconds=least - 6))
    # The phone says an hour, the server's clock knows better.
    too_fast = await refusal(3600, 1.0)
    assert isinstance(too_fast, ArticleReadTooFast)
    assert too_fast.data == {"seconds": least}
    clock.advance(timedelta(minutes=5))
    assert isinstance(await refusal(least - 1, 1.0), ArticleReadTooFast)
    assert isinstance(await refusal(60, 0.5), ArticleNotToTheEnd)
    for dwell, scroll in ((-1, 1.0), (10**6, 1.0), (60, 1.5), (60, float("nan"))):
        assert isinstance(await refusal(dwell, scroll), ReadingReportInvalid)
    (record,) = await records(services)
    assert record["read_at"] is None
    with pytest.raises(ArticleNotRead):
        await answer(services, father, resident, piece, right(piece))
    assert await records(services) == [record]
    assert (await noting.read(father, resident, piece.id, dwell=60, scroll=0.8)).read_at


async def test_answers_that_fit_no_question_and_too_many_attempts_are_refused(
    services: Services, clock: FixedClock
) -> None:
    father, resident = await a_resident(services)
    piece = await read_it(services, clock, father, resident)
    for answers in ([], [1], [1, 9], [0, 1], [1, 1, 1]):
        with pytest.raises(QuizAnswersInvalid):
            await answer(services, father, resident, piece, answers)
    for _ in range(5):
        assert not await answer(services, father, resident, piece, wrong(piece))
    with pytest.raises(QuizAttemptsSpent):
        await answer(services, father, resident, piece, right(piece))
    (record,) = await records(services)
    assert (record["attempts"], record["passed_at"]) == (5, None)
    clock.advance(timedelta(days=1))
    assert await answer(services, father, resident, piece, right(piece))


async def test_only_who_may_record_history_may_tell_and_only_who_may_see_it_looks(
    services: Services,
) -> None:
    _, resident = await a_resident(services)
    piece, noting = salt(services), services.content.noting
    looker = await a_caregiver(services, resident, actions=frozenset({Action.VIEW}))
    readings = await a_caregiver(services, resident, categories=frozenset({Category.READINGS}))
    for viewer in (looker, readings, a_viewer()):
        with pytest.raises(AccessDenied):
            await noting.opened(viewer, resident, piece.id, suggested=False)
        with pytest.raises(AccessDenied):
            await noting.shown(viewer, resident, [piece.id])
        with pytest.raises(AccessDenied):
            await noting.rate(viewer, resident, piece.id, Feedback.HELPFUL)
    for viewer in (readings, a_viewer()):
        with pytest.raises(AccessDenied):
            await services.content.looking.page(viewer, resident, first=5)
        with pytest.raises(AccessDenied):
            await services.content.suggesting.today(viewer, resident, 5, "zh")
    assert await records(services) == []
    assert await services.core.store.db["content_figures"].count_documents({}) == 0


async def test_click_through_counts_people_and_days_and_hides_small_numbers(
    services: Services, clock: FixedClock
) -> None:
    operator, piece = a_viewer(Role.OPERATOR), salt(services)
    content = services.content
    for number in range(6):
        viewer, resident = await a_resident(services)
        assert await content.noting.shown(viewer, resident, [piece.id, piece.id]) == 1
        assert await content.noting.shown(viewer, resident, [piece.id]) == 0
        if number:
            await content.noting.opened(viewer, resident, piece.id, suggested=True)
            await content.noting.opened(viewer, resident, piece.id, suggested=True)
        if number == 1:
            await content.noting.rate(viewer, resident, piece.id, Feedback.HELPFUL)
    (line,) = await content.figures.of(operator, DAY, DAY)
    assert (line.slug, line.shown, line.opened, line.clicked) == (piece.slug, 6, 5, 5)
    assert (line.helpful, line.read) == (None, None)
    assert line.click_through == 0.833
    clock.advance(timedelta(days=1))
    assert await content.noting.shown(viewer, resident, [piece.id]) == 1
    assert (await content.figures.of(operator, DAY, DAY)) == [line]
    with pytest.raises(OperatorRequired):
        await content.figures.of(viewer, DAY, DAY)
    for until in (DAY - timedelta(days=1), DAY + timedelta(days=366)):
        with pytest.raises(FigureSpanInvalid):
            await content.figures.of(operator, DAY, until)


async def test_a_piece_that_is_not_there_is_not_found(services: Services) -> None:
    father, resident = await a_resident(services)
    for piece_id in (ObjectId(), id_of("gone")):
        with pytest.raises(ArticleNotFound):
            await services.content.noting.opened(father, resident, piece_id, suggested=False)
        with pytest.raises(ArticleNotFound):
            await services.content.noting.shown(father, resident, [salt(services).id, piece_id])
    assert await records(services) == []
