"""QR codes before a browser: as a picture that is picked, or in front of the camera."""

from __future__ import annotations

import base64
import io

import segno

from tests.client.phone import Phone, quoted

_CAMERA = """(async () => {
  const code = new Image()
  code.src = %s
  await code.decode()
  const canvas = document.createElement('canvas')
  canvas.width = 640
  canvas.height = 480
  const pen = canvas.getContext('2d')
  setInterval(() => {
    pen.fillStyle = '#776'
    pen.fillRect(0, 0, 640, 480)
    pen.drawImage(code, 200, 120, 240, 240)
  }, 50)
  navigator.mediaDevices.getUserMedia = async () => window.eye = canvas.captureStream(20)
})()"""


async def pictured(phone: Phone) -> bytes:
    """A PNG of the code that the phone shows, as another phone's camera takes it."""
    box = await phone.page.run("document.querySelector('.qr').getBoundingClientRect().toJSON()")
    scroll = await phone.page.run("scrollY")
    clip = {"x": box["x"], "y": box["y"] + scroll, "scale": 2}
    clip |= {"width": box["width"], "height": box["height"]}
    return await phone.page.screenshot(clip=clip)


async def camera_sees(phone: Phone, text: str) -> None:
    """From now on, until another page is loaded."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="png", scale=6, border=4)
    address = f"data:image/png;base64,{base64.b64encode(out.getvalue()).decode()}"
    await phone.page.run(_CAMERA % quoted(address))


async def camera_is_off(phone: Phone) -> bool:
    off: bool = await phone.page.run("eye.getTracks().every(t => t.readyState === 'ended')")
    return off
