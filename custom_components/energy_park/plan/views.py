"""Pictures and whole parks over HTTP: too large for Home Assistant's WebSocket."""

from http import HTTPStatus
from typing import Final

from aiohttp import web
from homeassistant.components.http import KEY_HASS, KEY_HASS_USER, HomeAssistantView
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import Unauthorized

from ..const import DOMAIN
from .pictures import BYTES_MAX, SUFFIXES, SVG, PictureError
from .store import PLANS
from .transfer import TransferError, async_export, async_import

URL: Final = f"/api/{DOMAIN}/plan"

# A digest never names another content.
FOREVER: Final = "private, max-age=31536000, immutable"
# Whoever opens a drawing by itself gets a drawing.
SVG_POLICY: Final = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
)
# As many floors as a large house has, each with a picture as large as may be.
TRANSFER_BYTES_MAX: Final = 20 * BYTES_MAX


@callback
def async_setup_views(hass: HomeAssistant) -> None:
    """Register the views."""
    for view in (PictureUploadView, PictureView, TransferView):
        hass.http.register_view(view())


def _require_admin(request: web.Request) -> None:
    if not request[KEY_HASS_USER].is_admin:
        raise Unauthorized


async def _read(request: web.Request, limit: int) -> bytes | None:
    """Return the body of a request; None when it is beyond the limit."""
    content = bytearray()
    async for chunk in request.content.iter_chunked(1 << 16):
        content += chunk
        if len(content) > limit:
            return None
    return bytes(content)


class PictureUploadView(HomeAssistantView):
    """Takes a picture from an administrator."""

    url = f"{URL}/picture"
    name = f"api:{DOMAIN}:plan:picture:upload"

    async def post(self, request: web.Request) -> web.Response:
        """Keep the picture in the body; answer what a plan needs of it."""
        _require_admin(request)
        content = await _read(request, BYTES_MAX)
        if content is None:
            return self.json_message(
                "The picture is too big",
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                "picture_too_big",
            )
        try:
            picture = (
                await request.app[KEY_HASS].data[PLANS].pictures.async_add(content)
            )
        except PictureError as err:
            return self.json_message(
                "The picture cannot be used", HTTPStatus.BAD_REQUEST, str(err)
            )
        return self.json(
            {
                "digest": picture.digest,
                "width": picture.width,
                "height": picture.height,
            }
        )


class PictureView(HomeAssistantView):
    """Shows a picture to who is logged in."""

    url = f"{URL}/picture/{{digest:[0-9a-f]{{64}}}}"
    name = f"api:{DOMAIN}:plan:picture"

    async def get(self, request: web.Request, digest: str) -> web.StreamResponse:
        """Return the picture of a digest."""
        pictures = request.app[KEY_HASS].data[PLANS].pictures
        if (file := await pictures.async_find(digest)) is None:
            raise web.HTTPNotFound
        mime = next(mime for mime, end in SUFFIXES.items() if file.suffix == f".{end}")
        headers = {
            "Cache-Control": FOREVER,
            "Content-Type": mime,
            "ETag": f'"{digest}"',
            "X-Content-Type-Options": "nosniff",
        }
        if mime == SVG:
            headers["Content-Security-Policy"] = SVG_POLICY
        return web.FileResponse(file, headers=headers)


class TransferView(HomeAssistantView):
    """Hands an administrator the plans of a park as a file, and takes such a file."""

    url = f"{URL}/park/{{entry_id}}"
    name = f"api:{DOMAIN}:plan:park"

    async def get(self, request: web.Request, entry_id: str) -> web.Response:
        """Return the plans with their pictures."""
        _require_admin(request)
        return web.Response(
            body=await async_export(request.app[KEY_HASS], entry_id),
            content_type="application/json",
        )

    async def post(self, request: web.Request, entry_id: str) -> web.Response:
        """Take plans; answer how many, and how much of them is not of this park."""
        _require_admin(request)
        content = await _read(request, TRANSFER_BYTES_MAX)
        if content is None:
            return self.json_message(
                "The file is too big",
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                "file_too_big",
            )
        try:
            return self.json(
                await async_import(request.app[KEY_HASS], entry_id, content)
            )
        except TransferError as err:
            return self.json_message(
                "The file cannot be used", HTTPStatus.BAD_REQUEST, str(err)
            )
