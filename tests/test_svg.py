"""A drawing is kept; what could act, reach out or exhaust is not."""

from hypothesis import given, strategies as st
import pytest

from custom_components.energy_park.plan.svg import UnsafeSvgError, clean_svg

HEAD = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'

EMPTY = b"<svg xmlns='http://www.w3.org/2000/svg'/>"


def clean(inner: str, root: str = 'viewBox="0 0 40 30"') -> str:
    return clean_svg(f"<svg {HEAD} {root}>{inner}</svg>".encode())[0].decode()


def inside(inner: str) -> str:
    return clean(inner).partition(">")[2].removesuffix("</svg>")


@pytest.mark.parametrize(
    "drawing",
    [
        '<rect x="1" width="4" height="3" fill="#fff"></rect>',
        '<g transform="rotate(3)" style="fill:red"><path d="M0 0L1 1"></path></g>',
        '<defs><linearGradient id="a"><stop offset="0"></stop></linearGradient></defs>',
        '<use href="#a"></use>',
        '<rect fill="url(#a)"></rect>',
        "<text>A &amp; B &lt; C</text>",
        "<style>.wall{stroke:#000}</style>",
        '<image href="data:image/png;base64,iVBORw0KGgo="></image>',
    ],
)
def test_a_drawing_is_kept(drawing: str) -> None:
    assert inside(drawing) == drawing


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<foreignObject><b>x</b></foreignObject>",
        "<iframe></iframe>",
        '<a href="javascript:alert(1)"><text>x</text></a>',
        "<animate attributeName='href' to='javascript:alert(1)'></animate>",
        "<set attributeName='onload' to='alert(1)'></set>",
        '<x:script xmlns:x="http://www.w3.org/1999/xhtml">alert(1)</x:script>',
        "<g><script><rect></rect></script></g>",
        '<?xml-stylesheet href="http://evil.example/a.css"?>',
    ],
)
def test_what_could_act_is_dropped(hostile: str) -> None:
    assert inside(hostile) in ("", "<g></g>")


@pytest.mark.parametrize(
    "attribute",
    [
        'onload="alert(1)"',
        'onclick="alert(1)"',
        'href="http://evil.example/"',
        'href="javascript:alert(1)"',
        'href="data:image/svg+xml;base64,PHN2Zz4="',
        'href="data:text/html,x"',
        'xlink:href="file:///etc/passwd"',
        'style="background:url(http://evil.example/)"',
        'style="behavior:url(#default#time2)"',
        'fill="url(http://evil.example/#a)"',
        "style=\"fill:url('http://evil.example/')\"",
        'style="fill:u\\72l(http://evil.example/)"',
        'data-x="1"',
        'filter="url(#a)"',
    ],
)
def test_an_attribute_that_reaches_out_is_dropped(attribute: str) -> None:
    assert inside(f"<image {attribute}></image>") == "<image></image>"


@pytest.mark.parametrize(
    "style",
    ["@import 'http://evil.example/a.css';", ".a{fill:url(http://evil.example/)}"],
)
def test_a_style_that_reaches_out_is_emptied(style: str) -> None:
    assert inside(f"<style>{style}</style>") == "<style></style>"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html></html>",
        b"<svg></svg>",
        b"<svg xmlns='http://www.w3.org/2000/svg'>",
        b"<!DOCTYPE svg [<!ENTITY a 'aaaa'>]>" + EMPTY,
        b"<!DOCTYPE svg [<!ENTITY % x SYSTEM 'file:///etc/passwd'> %x;]>" + EMPTY,
        EMPTY.replace(b"/>", b">") + b"<g>" * 300 + b"</g>" * 300 + b"</svg>",
        b"\x00\xff",
    ],
)
def test_what_is_no_svg_or_made_to_harm_is_refused(content: bytes) -> None:
    with pytest.raises(UnsafeSvgError):
        clean_svg(content)


def test_a_document_type_of_a_drawing_program_does_no_harm() -> None:
    content = (
        '<?xml version="1.0" encoding="UTF-8" standalone="no"?>'
        '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "svg11.dtd">'
        f'<svg {HEAD} width="4" height="3"><rect/></svg>'
    )
    cleaned, *size = clean_svg(content.encode())
    assert b"DOCTYPE" not in cleaned
    assert size == [4, 3]


@pytest.mark.parametrize(
    ("root", "size"),
    [
        ('viewBox="0 0 40 30"', (40, 30)),
        ('viewBox="0,0 40,30"', (40, 30)),
        ('width="80" height="60px" viewBox="0 0 40 30"', (80, 60)),
        ('width="100%" height="100%" viewBox="0 0 40 30"', (40, 30)),
        ('width="21cm" height="29cm" viewBox="0 0 210 290"', (210, 290)),
        ('viewBox="0 0 400000 300000"', (20000, 15000)),
        ('viewBox="0 0 0.4 0.3"', (1, 1)),
        ('viewBox="nonsense"', (1000, 1000)),
        ("", (1000, 1000)),
    ],
)
def test_the_size_is_that_of_the_drawing(root: str, size: tuple[int, int]) -> None:
    _, *found = clean_svg(f"<svg {HEAD} {root}/>".encode())
    assert tuple(found) == size


@given(st.text())
def test_text_stays_text(text: str) -> None:
    escaped = "".join(f"&#{ord(c)};" for c in text if c.isprintable())
    cleaned = inside(f"<text>{escaped}</text>")
    body = cleaned.removeprefix("<text>").removesuffix("</text>")
    assert "<" not in body


@given(st.binary(max_size=200))
def test_any_bytes_are_cleaned_or_refused(content: bytes) -> None:
    for whole in (content, b"<svg xmlns='http://www.w3.org/2000/svg'>" + content):
        try:
            cleaned, width, height = clean_svg(whole)
        except UnsafeSvgError:
            continue
        assert b"<script" not in cleaned
        assert width > 0 < height


def test_a_cleaned_drawing_is_clean() -> None:
    once, *size = clean_svg(
        f'<svg {HEAD} viewBox="0 0 4 3"><style>.a{{fill:red}}</style>'
        '<use xlink:href="#b"/><text class="a">x</text></svg>'.encode()
    )
    assert clean_svg(once) == (once, *size)
