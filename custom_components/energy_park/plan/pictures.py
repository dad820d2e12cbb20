"""The pictures under the plans: checked, cleaned, named by their content.

They lie in Home Assistant's configuration folder, so that its backups hold them.
"""

from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Final

from homeassistant.core import HomeAssistant
from PIL import Image, ImageOps, UnidentifiedImageError

from ..const import DOMAIN
from .svg import UnsafeSvgError, clean_svg

# Of a file that somebody sends; what is made of it may be larger.
BYTES_MAX: Final = 10 * 1024 * 1024
# Below what Pillow itself warns of.
PIXELS_MAX: Final = 80_000_000
# What is larger gains nothing on a screen and costs a tablet its memory.
SIDE_MAX: Final = 4096
# A plan has the shape of its picture; a longer one is no floor.
LENGTHS_MAX: Final = 10

SVG: Final = "image/svg+xml"
FORMATS: Final = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}
SUFFIXES: Final = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    SVG: "svg",
}


class PictureError(Exception):
    """A file that cannot be shown; the text is a key of the cards' texts."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A clean picture; sizes in pixels."""

    content: bytes
    mime: str
    width: int
    height: int

    @property
    def digest(self) -> str:
        """What it is named by."""
        return sha256(self.content).hexdigest()


def read_picture(content: bytes) -> Picture:
    """Return the clean picture in a file that somebody sent.

    What it says of itself is not trusted: the content tells. Positions, names and
    dates that a camera wrote into it are dropped. Raises PictureError.
    """
    picture = _draw(content) if _is_drawing(content) else _photograph(content)
    shorter, longer = sorted((picture.width, picture.height))
    if longer > LENGTHS_MAX * shorter:
        raise PictureError("picture_too_long")
    return picture


def _is_drawing(content: bytes) -> bool:
    return content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def _draw(content: bytes) -> Picture:
    try:
        cleaned, width, height = clean_svg(content)
    except UnsafeSvgError as err:
        raise PictureError("picture_unreadable") from err
    return Picture(cleaned, SVG, width, height)


def _photograph(content: bytes) -> Picture:
    try:
        with Image.open(BytesIO(content), formats=tuple(FORMATS)) as image:
            if image.width * image.height > PIXELS_MAX:
                raise PictureError("picture_too_big")
            return _redraw(image)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as err:
        raise PictureError("picture_unreadable") from err
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as err:
        raise PictureError("picture_too_big") from err


def _redraw(image: Image.Image) -> Picture:
    kind = image.format or "PNG"
    upright = ImageOps.exif_transpose(image)
    upright.thumbnail((SIDE_MAX, SIDE_MAX))
    if kind == "JPEG" and upright.mode not in ("RGB", "L"):
        upright = upright.convert("RGB")
    written = BytesIO()
    upright.info.clear()
    upright.save(written, kind, quality=90)
    return Picture(written.getvalue(), FORMATS[kind], *upright.size)


class Pictures:
    """The folder of the pictures."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Name the folder."""
        self._hass = hass
        self.folder = Path(hass.config.path(DOMAIN, "pictures"))

    async def async_add(self, content: bytes) -> Picture:
        """Check, clean and keep a file that somebody sent; raises PictureError."""
        return await self._hass.async_add_executor_job(self._add, content)

    async def async_find(self, digest: str) -> Path | None:
        """Return the file of a digest."""
        return await self._hass.async_add_executor_job(self._find, digest)

    async def async_read(self, digest: str) -> bytes | None:
        """Return the content of a digest; None when its file is gone."""
        if (file := await self.async_find(digest)) is None:
            return None
        return await self._hass.async_add_executor_job(file.read_bytes)

    async def async_keep(self, digests: set[str]) -> None:
        """Delete all pictures but these."""
        await self._hass.async_add_executor_job(self._keep, digests)

    def _add(self, content: bytes) -> Picture:
        picture = read_picture(content)
        self.folder.mkdir(parents=True, exist_ok=True)
        file = self.folder / f"{picture.digest}.{SUFFIXES[picture.mime]}"
        if not file.exists():
            unfinished = file.with_suffix(".new")
            unfinished.write_bytes(picture.content)
            unfinished.rename(file)
        return picture

    def _find(self, digest: str) -> Path | None:
        return next(
            (
                file
                for suffix in SUFFIXES.values()
                if (file := self.folder / f"{digest}.{suffix}").is_file()
            ),
            None,
        )

    def _keep(self, digests: set[str]) -> None:
        if self.folder.is_dir():
            for file in self.folder.iterdir():
                if file.stem not in digests:
                    file.unlink()
