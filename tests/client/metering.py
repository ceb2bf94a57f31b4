"""A father photographs his thermometer: the number stands by the photo's crop, then he saves."""

from __future__ import annotations

import random
from pathlib import Path

from tests.client.paper import chooses
from tests.client.phone import Phone
from tests.evals.meter.devices import device
from tests.evals.meter.photo import photograph

SEED = 314  # of the generator: a thermometer without fever that is read


def a_thermometer(photo: Path) -> str:
    """Its photo, and what it shows, in ℃."""
    made = device("temperature", random.Random(SEED))
    photo.write_bytes(photograph(made, random.Random(SEED), hard=0.3)[0])
    return made.truth.values["temperature"]


async def photographs_a_thermometer(phone: Phone, folder: Path) -> None:
    photo = folder / "thermometer.jpg"
    shown = a_thermometer(photo)
    await phone.tap("记录")
    await phone.sees("照片认完就丢，不保存")
    await chooses(phone, photo, "拍仪器屏幕")
    await phone.sees("看着对吗？", "请和照片比一比", shown)
    await phone.look("08b-thermometer")
    await phone.tap("存好")
    await phone.sees("记好了", shown)
