"""Draws the pictures of custom_components/energy_park/brand/.

    .venv-live/bin/python -m scripts.brand

The icon: four sectors, one of them off, and a bolt. The logo: the icon beside the
name, in letters made of circles and lines. One unit is one pixel of the plain size;
all is drawn larger and scaled down, which smooths the edges.
"""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from math import cos, radians, sin
from pathlib import Path

from PIL import Image, ImageDraw

BRAND = Path(__file__).parent.parent / "custom_components/energy_park/brand"

type Point = tuple[float, float]

ICON_SIZE = 256
SMOOTHING = 8

TILE_SIZE = 120
TILE_RADIUS = 30
TILES = {
    (0, 0): "#35b37e",
    (136, 0): "#1f9d6b",
    (0, 136): "#128055",
    (136, 136): "#9aa7b4",
}
BOLT: list[Point] = [(163, 6), (62, 146), (119, 146), (93, 250), (194, 110), (137, 110)]
BOLT_COLOR = "#ffb81c"
BOLT_ROUNDING = 12
# What is left free around the bolt shows the page behind it, light or dark.
BOLT_GAP = 26

LETTERS_X = 296
BASELINES = {"energy": 88, "park": 215}
X_HEIGHT = 66
STROKE = 15
LETTER_GAP = 33
LIGHT_PAGE = "#1d2b36"
DARK_PAGE = "#f2f5f7"


class Canvas:
    """A transparent picture that is drawn larger than it will be."""

    def __init__(self, width: int, scale: int) -> None:
        self._scale = scale * SMOOTHING
        self._size = (width * scale, ICON_SIZE * scale)
        self._image = Image.new("RGBA", (width * self._scale, ICON_SIZE * self._scale))
        self._draw = ImageDraw.Draw(self._image)

    def tile(self, at: Point, color: str) -> None:
        """Draw one sector."""
        x, y = at
        self._draw.rounded_rectangle(
            self._scaled([(x, y), (x + TILE_SIZE - 1 / 8, y + TILE_SIZE - 1 / 8)]),
            radius=TILE_RADIUS * self._scale,
            fill=color,
        )

    def stroke(
        self, points: Iterable[Point], width: float, color: str | tuple[int, ...]
    ) -> None:
        """Draw a line with round ends and corners."""
        radius = width / 2
        path = list(points)
        for x, y in path:
            box = [(x - radius, y - radius), (x + radius, y + radius)]
            self._draw.ellipse(self._scaled(box), fill=color)
        for pair in pairwise(path):
            self._draw.line(
                self._scaled(pair), fill=color, width=round(width * self._scale)
            )

    def bolt(self, rounding: float, color: str | tuple[int, ...]) -> None:
        """Draw the bolt, grown by half of ``rounding`` on all sides."""
        self._draw.polygon(self._scaled(BOLT), fill=color)
        self.stroke([*BOLT, BOLT[0]], rounding, color)

    def save(self, name: str) -> None:
        """Scale down and write."""
        picture = self._image.resize(self._size, Image.Resampling.BOX)
        picture.save(BRAND / name, optimize=True)

    def _scaled(self, points: Iterable[Point]) -> list[Point]:
        return [(x * self._scale, y * self._scale) for x, y in points]


def arc(x: float, y: float, radius: float, start: int, end: int) -> Iterator[Point]:
    """Yield the points of an arc, in degrees, counter-clockwise from the right."""
    for angle in range(start, end + 1, 3 if end > start else -3):
        yield (x + radius * cos(radians(angle)), y + radius * sin(radians(angle)))


# Strokes of each letter and its width: the baseline is 0, small letters are 1 high.
BOWL = list(arc(0.5, 0.5, 0.5, 0, 360))
HOOK = list(arc(0.5, 0, 0.5, -150, 0))
LETTERS: dict[str, tuple[list[list[Point]], float]] = {
    "a": ([BOWL, [(1, 1), (1, 0)]], 1),
    "e": ([[(0.04, 0.5), *arc(0.5, 0.5, 0.5, 0, 315)]], 1),
    "g": ([BOWL, [*HOOK, (1, 1)]], 1),
    "k": (
        [[(0, 1.5), (0, 0)], [(0.74, 1), (0, 0.4)], [(0.26, 0.6), (0.8, 0)]],
        0.8,
    ),
    "n": (
        [[(0, 1), (0, 0)], [(0.9, 0), *arc(0.45, 0.55, 0.45, 0, 180)]],
        0.9,
    ),
    "p": ([BOWL, [(0, 1), (0, -0.5)]], 1),
    "r": ([[(0, 1), (0, 0)], list(arc(0.45, 0.55, 0.45, 60, 180))], 0.62),
    "y": (
        [
            [(0, 1), *arc(0.5, 0.5, 0.5, 180, 360)],
            [*HOOK, (1, 1)],
        ],
        1,
    ),
}


def draw_icon(canvas: Canvas) -> None:
    """Draw the icon at the left of a picture."""
    for at, color in TILES.items():
        canvas.tile(at, color)
    canvas.bolt(BOLT_GAP + BOLT_ROUNDING, (0, 0, 0, 0))
    canvas.bolt(BOLT_ROUNDING, BOLT_COLOR)


def write(canvas: Canvas, color: str) -> None:
    """Write the name to the right of the icon."""
    for word, baseline in BASELINES.items():
        x = float(LETTERS_X)
        for letter in word:
            strokes, width = LETTERS[letter]
            for stroke in strokes:
                canvas.stroke(
                    (
                        (x + px * X_HEIGHT, baseline - py * X_HEIGHT)
                        for px, py in stroke
                    ),
                    STROKE,
                    color,
                )
            x += width * X_HEIGHT + LETTER_GAP


def logo_width() -> int:
    """Return the width of the logo: the longest word ends it."""
    widths = [
        sum(LETTERS[letter][1] * X_HEIGHT + LETTER_GAP for letter in word) - LETTER_GAP
        for word in BASELINES
    ]
    return round(LETTERS_X + max(widths) + STROKE / 2)


def main() -> None:
    """Draw every picture in both sizes."""
    BRAND.mkdir(exist_ok=True)
    for suffix, scale in {"": 1, "@2x": 2}.items():
        icon = Canvas(ICON_SIZE, scale)
        draw_icon(icon)
        icon.save(f"icon{suffix}.png")
        for prefix, color in {"": LIGHT_PAGE, "dark_": DARK_PAGE}.items():
            logo = Canvas(logo_width(), scale)
            draw_icon(logo)
            write(logo, color)
            logo.save(f"{prefix}logo{suffix}.png")


if __name__ == "__main__":
    main()
