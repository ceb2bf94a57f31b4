"""The download's ZIP: files, a manifest with SHA-256 of each, and a page to open first."""

from __future__ import annotations

import hashlib
import html
import io
import json
import zipfile
from collections.abc import Sequence
from datetime import datetime

from backend.core.clock import SHANGHAI
from backend.privacy.exporting import ExportFile

MANIFEST = "manifest.json"
INDEX = "index.html"
_VERSION = 1

_PAGE = """<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>我的健康档案 My health record</title>
<style>
body{{font:20px/1.7 system-ui,"Noto Sans CJK SC","Microsoft YaHei",sans-serif;color:#111;
max-width:60rem;margin:2rem auto;padding:0 1rem}}
table{{border-collapse:collapse;width:100%}}
td,th{{border:1px solid #888;padding:.4em .6em;text-align:left;vertical-align:top}}
.en{{color:#444;font-size:.85em}} .hash{{font:12px monospace;word-break:break-all}}
@media print{{body{{font-size:12pt;margin:0;max-width:none}} a{{color:#111}}}}
</style>
</head>
<body>
<h1>{name}的健康档案<br><span class="en">Health record of {name}</span></h1>
<p>下载时间：{made}（北京时间）。这个文件夹是康伴保存的关于您的全部资料，不需要联网就能打开。
请像保管病历一样保管它。<br>
<span class="en">Made {made} (Shanghai time). This folder is everything that Kangban keeps about
you; it opens without a network. Keep it as safe as your medical papers.</span></p>
<table>
<tr><th>内容 Contents</th><th>条数 Count</th><th>文件 File</th></tr>
{rows}
</table>
<p>manifest.json 列出每个文件的 SHA-256，可以核对文件没有被改动。<br>
<span class="en">manifest.json lists the SHA-256 of every file, to check that none was changed.
</span></p>
</body>
</html>
"""

_ROW = (
    "<tr><td>{zh}<br><span class='en'>{en}</span></td><td>{count}</td>"
    "<td><a href='{path}'>{path}</a><br><span class='hash'>{sha256}</span></td></tr>"
)


def packed(files: Sequence[ExportFile], *, name: str, resident: str, made: datetime) -> bytes:
    """The whole ZIP. ``name`` is whose record it is, ``resident`` their id."""
    page = index_page(files, name=name, made=made)
    about = manifest(
        [*files, ExportFile(path=INDEX, content=page, zh="目录", en="This list")],
        resident=resident,
        made=made,
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        _put(archive, INDEX, page, made)
        _put(archive, MANIFEST, about, made)
        for each in files:
            _put(archive, each.path, each.content, made)
    return buffer.getvalue()


def manifest(files: Sequence[ExportFile], *, resident: str, made: datetime) -> bytes:
    """JSON: ``version``, ``resident``, ``made`` and of each file path, bytes, sha256, count."""
    listed = [
        {
            "path": each.path,
            "bytes": len(each.content),
            "sha256": _sha256(each),
            "count": each.count,
            "about": {"zh-CN": each.zh, "en": each.en},
        }
        for each in files
    ]
    whole = {
        "format": "kangban-download",
        "version": _VERSION,
        "resident": resident,
        "made": made.isoformat(),
        "files": listed,
    }
    return json.dumps(whole, ensure_ascii=False, indent=2).encode()


def index_page(files: Sequence[ExportFile], *, name: str, made: datetime) -> bytes:
    """Plain HTML that opens offline; whatever a person wrote is escaped."""
    rows = "\n".join(
        _ROW.format(
            zh=html.escape(each.zh),
            en=html.escape(each.en),
            count="" if each.count is None else each.count,
            path=html.escape(each.path, quote=True),
            sha256=_sha256(each),
        )
        for each in files
    )
    local = made.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    return _PAGE.format(name=html.escape(name), made=local, rows=rows).encode()


def _sha256(file: ExportFile) -> str:
    return hashlib.sha256(file.content).hexdigest()


def _put(archive: zipfile.ZipFile, path: str, content: bytes, made: datetime) -> None:
    local = made.astimezone(SHANGHAI)
    info = zipfile.ZipInfo(path, local.timetuple()[:6])
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, content)
