"""Cleans SVG files: a drawing is kept, whatever could act is dropped.

Only what is listed passes. As a picture of a page a browser runs none of it
anyway; this holds when somebody opens the file itself.
"""

from collections.abc import Sequence
from functools import partial
from itertools import starmap
import re
from typing import Final
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

SVG_NAMESPACE: Final = "http://www.w3.org/2000/svg"
XLINK_NAMESPACE: Final = "http://www.w3.org/1999/xlink"
DEPTH_MAX: Final = 200
ELEMENTS_MAX: Final = 200_000
SIDE_MAX: Final = 20_000
SIDE_DEFAULT: Final = 1000

ELEMENTS: Final = frozenset(
    [
        "svg",
        "g",
        "defs",
        "symbol",
        "use",
        "path",
        "rect",
        "circle",
        "ellipse",
        "line",
        "polyline",
        "polygon",
        "text",
        "tspan",
        "title",
        "desc",
        "linearGradient",
        "radialGradient",
        "stop",
        "clipPath",
        "mask",
        "pattern",
        "marker",
        "image",
        "style",
    ]
)
ATTRIBUTES: Final = frozenset(
    [
        "id",
        "class",
        "style",
        "transform",
        "viewBox",
        "preserveAspectRatio",
        "width",
        "height",
        "x",
        "y",
        "x1",
        "y1",
        "x2",
        "y2",
        "cx",
        "cy",
        "r",
        "rx",
        "ry",
        "fx",
        "fy",
        "fr",
        "dx",
        "dy",
        "d",
        "points",
        "pathLength",
        "rotate",
        "textLength",
        "lengthAdjust",
        "href",
        "offset",
        "gradientUnits",
        "gradientTransform",
        "spreadMethod",
        "clipPathUnits",
        "maskUnits",
        "maskContentUnits",
        "patternUnits",
        "patternContentUnits",
        "patternTransform",
        "markerUnits",
        "markerWidth",
        "markerHeight",
        "refX",
        "refY",
        "orient",
        "version",
        "fill",
        "fill-opacity",
        "fill-rule",
        "stroke",
        "stroke-width",
        "stroke-opacity",
        "stroke-linecap",
        "stroke-linejoin",
        "stroke-miterlimit",
        "stroke-dasharray",
        "stroke-dashoffset",
        "opacity",
        "color",
        "display",
        "visibility",
        "font-family",
        "font-size",
        "font-style",
        "font-weight",
        "font-variant",
        "font-stretch",
        "text-anchor",
        "dominant-baseline",
        "alignment-baseline",
        "baseline-shift",
        "letter-spacing",
        "word-spacing",
        "text-decoration",
        "writing-mode",
        "clip-path",
        "clip-rule",
        "mask",
        "marker-start",
        "marker-mid",
        "marker-end",
        "stop-color",
        "stop-opacity",
        "paint-order",
        "vector-effect",
        "shape-rendering",
        "text-rendering",
        "image-rendering",
        "overflow",
        "mix-blend-mode",
        "isolation",
    ]
)

# A picture inside the picture, of a kind that cannot act.
_DATA = re.compile(r"data:image/(?:png|jpeg|webp);base64,[A-Za-z0-9+/=\s]*", re.ASCII)
_LOCAL = re.compile(r"\s*#[\w.:-]+\s*")
# Styles name other files and run code in these ways; a backslash can hide each.
_UNSAFE_STYLE = re.compile(
    r"url\(\s*(?!['\"]?#)|@import|expression\(|javascript:|-moz-binding|behavior|\\",
    re.IGNORECASE,
)
_LENGTH = re.compile(
    r"\s*([0-9]*\.?[0-9]+(?:e[+-]?[0-9]+)?)\s*(?:px)?\s*", re.IGNORECASE
)


class UnsafeSvgError(Exception):
    """A file that is no SVG, or one made to harm."""


def clean_svg(content: bytes) -> tuple[bytes, int, int]:
    """Return a clean drawing, its width and its height.

    Raises UnsafeSvgError for what is no SVG, or declares entities.
    """
    cleaner = _Cleaner()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = cleaner.doctype
    parser.EntityDeclHandler = cleaner.entity
    parser.StartElementHandler = cleaner.start
    parser.EndElementHandler = cleaner.end
    parser.CharacterDataHandler = cleaner.text
    parser.ordered_attributes = True
    try:
        parser.Parse(content, True)
    except expat.ExpatError as err:
        raise UnsafeSvgError(str(err)) from err
    width, height = cleaner.size()
    return "".join(cleaner.written).encode(), width, height


class _Cleaner:
    """Writes what passes, as it is read."""

    def __init__(self) -> None:
        self.written: list[str] = []
        self._elements = 0
        self._open: list[str] = []
        # Elements since the outermost one that is dropped.
        self._dropped = 0
        self._root: dict[str, str] = {}

    def doctype(
        self, name: str, system: str | None, public: str | None, internal: bool
    ) -> None:
        if internal:
            raise UnsafeSvgError("a document type with declarations")

    def entity(self, *declaration: object) -> None:
        raise UnsafeSvgError("an entity")

    def start(self, name: str, attributes: Sequence[str]) -> None:
        namespace, _, tag = name.rpartition(" ")
        self._elements += 1
        if self._elements > ELEMENTS_MAX or len(self._open) >= DEPTH_MAX:
            raise UnsafeSvgError("too large")
        if not self._open and (namespace, tag) != (SVG_NAMESPACE, "svg"):
            raise UnsafeSvgError("no SVG")
        if self._dropped or namespace != SVG_NAMESPACE or tag not in ELEMENTS:
            self._dropped += 1
            return
        pairs = zip(attributes[::2], attributes[1::2], strict=True)
        kept = dict(filter(None, starmap(partial(_attribute, tag), pairs)))
        if not self._open:
            self._root = kept
            kept = {"xmlns": SVG_NAMESPACE, **kept}
        self._open.append(tag)
        self.written.append(
            f"<{tag}{''.join(f' {key}={quoteattr(v)}' for key, v in kept.items())}>"
        )

    def end(self, name: str) -> None:
        if self._dropped:
            self._dropped -= 1
            return
        self.written.append(f"</{self._open.pop()}>")

    def text(self, text: str) -> None:
        if self._dropped or not self._open:
            return
        if self._open[-1] != "style" or not _UNSAFE_STYLE.search(text):
            self.written.append(escape(text))

    def size(self) -> tuple[int, int]:
        """Return the size in pixels: the drawing's own, or that of its view."""
        sides = [_length(self._root.get(side)) for side in ("width", "height")]
        if None in sides:
            view = re.split(r"[\s,]+", self._root.get("viewBox", "").strip())
            sides = [_length(side) for side in view[2:4]]
        if len(sides) != 2 or None in sides:
            return SIDE_DEFAULT, SIDE_DEFAULT
        width, height = (side for side in sides if side is not None)
        scale = min(1, SIDE_MAX / max(width, height))
        return max(1, round(width * scale)), max(1, round(height * scale))


def _attribute(tag: str, name: str, value: str) -> tuple[str, str] | None:
    """Return an attribute that passes, by its plain name."""
    namespace, _, key = name.rpartition(" ")
    if namespace not in ("", XLINK_NAMESPACE) or key not in ATTRIBUTES:
        return None
    if namespace and key != "href":
        return None
    if key == "href":
        allowed = _LOCAL.fullmatch(value) or (tag == "image" and _DATA.fullmatch(value))
        return (key, value) if allowed else None
    return None if _UNSAFE_STYLE.search(value) else (key, value)


def _length(text: str | None) -> float | None:
    match = _LENGTH.fullmatch(text or "")
    value = float(match[1]) if match else 0
    return value if 0 < value < 1e9 else None
