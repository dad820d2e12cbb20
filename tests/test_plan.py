"""Plans of the premises: one truth for all screens, and nobody's work lost."""

from collections.abc import Awaitable, Callable
from io import BytesIO
import json
from pathlib import Path
import threading
from types import SimpleNamespace
from typing import Any

from aiohttp.test_utils import TestClient
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, floor_registry as fr
from PIL import Image
import pytest

from custom_components.energy_park.const import DOMAIN
from custom_components.energy_park.plan import transfer
from custom_components.energy_park.plan.store import PLANS
from scripts.emulators import ShellyGen2

from .common import ClientSessionGenerator, WebSocketGenerator, flush_store
from .parks import async_setup, plug, sector

URL = "/api/energy_park/plan"
PLAN = {"park": "park", "name": "Ground floor", "height": 6000}
SQUARE = [[0, 0], [1000, 0], [1000, 1000], [0, 1000]]

type Json = dict[str, Any]


class Editor:
    """One browser that shows and edits plans."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.revision = 0

    async def call(self, command: str, **arguments: Any) -> Json:
        await self.client.send_json_auto_id(
            {"type": f"{DOMAIN}/plan/{command}", **arguments}
        )
        while (answer := await self.client.receive_json())["type"] != "result":
            pass
        assert isinstance(answer, dict)
        return answer

    async def patch(self, *changes: Json, revision: int | None = None) -> Json:
        answer = await self.call(
            "patch",
            revision=self.revision if revision is None else revision,
            changes=list(changes),
        )
        if answer["success"]:
            self.revision = answer["result"]["revision"]
        return answer

    async def plans(self) -> Json:
        plans: Json = (await self.call("get"))["result"]["plans"]
        return plans


def change(kind: str, part: str, value: Json | None) -> Json:
    return {"plan": "ground", "kind": kind, "id": part, "value": value}


def plan(**value: Any) -> Json:
    return change("plan", "ground", PLAN | value)


def zone(part: str = "zone", **value: Any) -> Json:
    return change("zone", part, {"points": SQUARE} | value)


def module(device: str, **value: Any) -> Json:
    return change("module", device, {"x": 100, "y": 200} | value)


type MakeEditor = Callable[[], Awaitable[Editor]]


@pytest.fixture
def make_editor(hass: HomeAssistant, hass_ws_client: WebSocketGenerator) -> MakeEditor:
    """Open a browser."""

    async def make() -> Editor:
        return Editor(await hass_ws_client(hass))

    return make


@pytest.fixture
async def editor(hass: HomeAssistant, make_editor: MakeEditor) -> Editor:
    """A browser of an administrator, on a park."""
    await async_setup(hass)
    return await make_editor()


# The document


async def test_a_plan_is_drawn_part_by_part(editor: Editor) -> None:
    assert (await editor.patch(plan(), zone(name="Hall"), module("d1")))["success"]
    assert (await editor.patch(module("d1", x=900, rotation=90)))["success"]

    assert await editor.plans() == {
        "ground": {
            **PLAN,
            "floor": None,
            "order": 0,
            "picture": None,
            "zones": {"zone": {"device": None, "name": "Hall", "points": SQUARE}},
            "modules": {"d1": {"x": 900, "y": 200, "rotation": 90, "size": 100}},
        }
    }


async def test_a_plan_that_is_renamed_keeps_its_parts(editor: Editor) -> None:
    await editor.patch(plan(), zone(), module("d1"))
    await editor.patch(plan(name="Cellar"))

    cellar = (await editor.plans())["ground"]
    assert cellar["name"] == "Cellar"
    assert set(cellar["modules"]) == {"d1"}
    assert set(cellar["zones"]) == {"zone"}


async def test_what_is_removed_is_gone(editor: Editor) -> None:
    await editor.patch(plan(), zone(), module("d1"))

    await editor.patch(change("zone", "zone", None), change("module", "d1", None))
    ground = (await editor.plans())["ground"]
    assert (ground["zones"], ground["modules"]) == ({}, {})

    await editor.patch(change("plan", "ground", None))
    assert await editor.plans() == {}


async def test_two_who_edit_different_parts_both_succeed(
    editor: Editor, make_editor: MakeEditor
) -> None:
    await editor.patch(plan(), module("d1"), module("d2"))
    other = await make_editor()
    other.revision = editor.revision

    assert (await editor.patch(module("d1", x=1)))["success"]
    assert (await other.patch(module("d2", x=2)))["success"]

    modules = (await editor.plans())["ground"]["modules"]
    assert (modules["d1"]["x"], modules["d2"]["x"]) == (1, 2)


async def test_the_later_of_two_who_move_one_module_is_told(
    editor: Editor, make_editor: MakeEditor
) -> None:
    await editor.patch(plan(), module("d1"), module("d2"))
    other = await make_editor()
    other.revision = editor.revision

    assert (await editor.patch(module("d1", x=1)))["success"]
    refused = await other.patch(module("d2", x=2), module("d1", x=2))

    assert refused["error"]["code"] == "conflict"
    modules = (await editor.plans())["ground"]["modules"]
    assert (modules["d1"]["x"], modules["d2"]["x"]) == (1, 100), "all or nothing"


async def test_nothing_is_put_on_a_plan_that_was_removed(
    editor: Editor, make_editor: MakeEditor
) -> None:
    await editor.patch(plan())
    other = await make_editor()
    other.revision = editor.revision
    await editor.patch(change("plan", "ground", None))

    assert (await other.patch(module("d1")))["error"]["code"] == "conflict"
    assert (await other.patch(plan(name="Mine")))["error"]["code"] == "conflict"
    assert await editor.plans() == {}


async def test_a_plan_on_which_another_worked_since_is_not_removed(
    editor: Editor, make_editor: MakeEditor
) -> None:
    await editor.patch(plan(), module("d1"))
    other = await make_editor()
    other.revision = editor.revision
    await other.patch(module("d2"))

    removal = change("plan", "ground", None)
    assert (await editor.patch(removal))["error"]["code"] == "conflict"
    assert set((await editor.plans())["ground"]["modules"]) == {"d1", "d2"}
    assert (await editor.patch(removal, revision=other.revision))["success"]


@pytest.mark.parametrize("revision", [-1, 99])
async def test_a_revision_that_never_was_is_a_conflict(
    editor: Editor, revision: int
) -> None:
    assert (await editor.patch(plan(), revision=revision))["error"][
        "code"
    ] == "conflict"


@pytest.mark.parametrize(
    "bad",
    [
        module("d1", x="left"),
        module("d1", x=1_000_000),
        module("d1", x=1.5),
        module("d1", size=0),
        module("d1", rotation=360),
        module("d1", colour="red"),
        module("", x=1),
        zone(points=[[0, 0], [1, 1]]),
        zone(points=[[0, 0], [1, 1], [2]]),
        zone(name="N" * 101),
        plan(height=0),
        plan(picture={"digest": "../../secrets", "width": 1, "height": 1}),
        change("wall", "w", {}),
        {"plan": "ground"},
    ],
)
async def test_what_makes_no_sense_is_refused(editor: Editor, bad: Json) -> None:
    await editor.patch(plan())
    before = await editor.plans()

    assert (await editor.patch(bad))["error"]["code"] == "invalid_format"

    assert await editor.plans() == before


async def test_who_looks_is_told_each_change(
    editor: Editor, make_editor: MakeEditor
) -> None:
    await editor.patch(plan())
    wall = (await make_editor()).client
    await wall.send_json({"id": 1, "type": "energy_park/plan/subscribe"})
    assert (await wall.receive_json())["success"]
    first = (await wall.receive_json())["event"]
    assert (first["revision"], set(first["plans"])) == (1, {"ground"})

    await editor.patch(module("d1"))

    assert (await wall.receive_json())["event"] == {
        "revision": 2,
        "changes": [module("d1", rotation=0, size=100)],
    }
    await wall.send_json({"id": 2, "type": "unsubscribe_events", "subscription": 1})
    await wall.receive_json()
    await editor.patch(module("d1", x=5))
    await wall.send_json({"id": 3, "type": "ping"})
    assert (await wall.receive_json())["type"] == "pong"


async def test_who_may_only_look_sees_and_changes_nothing(
    hass: HomeAssistant,
    editor: Editor,
    hass_ws_client: WebSocketGenerator,
    hass_read_only_access_token: str,
) -> None:
    await editor.patch(plan())
    guest = Editor(await hass_ws_client(hass, hass_read_only_access_token))

    assert set(await guest.plans()) == {"ground"}
    refused = await guest.patch(module("d1"), revision=1)

    assert refused["error"]["code"] == "unauthorized"


async def test_plans_survive_a_restart(
    hass: HomeAssistant,
    editor: Editor,
    hass_storage: dict[str, Any],
) -> None:
    await editor.patch(plan(), module("d1"))
    store = hass.data[PLANS]
    await flush_store(store._store)
    assert hass_storage["energy_park.plan"]["data"]["revision"] == 1

    await store.async_load()

    assert set((await editor.plans())["ground"]["modules"]) == {"d1"}
    assert (await editor.patch(module("d1", x=3)))["success"]


async def test_who_was_away_during_a_restart_starts_afresh(
    hass: HomeAssistant, editor: Editor
) -> None:
    await editor.patch(plan())
    await editor.patch(module("d1"))
    await flush_store(hass.data[PLANS]._store)
    await hass.data[PLANS].async_load()

    late = await editor.patch(module("d1", x=3), revision=1)

    assert late["error"]["code"] == "conflict"


# What is gone leaves no ghost


@pytest.mark.usefixtures("socket_enabled")
async def test_a_removed_plug_or_sector_leaves_the_plan(
    hass: HomeAssistant, make_editor: MakeEditor
) -> None:
    async with ShellyGen2(mac="aa0000000001", sockets=2) as strip:
        part = plug(strip, "room")
        entry = await async_setup(hass, sector("Room", "room"), part)
        devices = dr.async_get(hass)
        room = devices.async_get_device_by_identifier((DOMAIN, "room"), "park")
        sockets = [
            devices.async_get_child_device_by_identifier(
                (DOMAIN, f"{strip.true_mac}_{n}"), "park"
            ).id
            for n in strip.sockets
        ]
        editor = await make_editor()
        await editor.patch(plan(), zone(device=room.id), *map(module, sockets))
        assert len((await editor.plans())["ground"]["modules"]) == 2

        hass.config_entries.async_remove_subentry(entry, part.subentry_id)
        hass.config_entries.async_remove_subentry(entry, "room")
        await hass.async_block_till_done()

    ground = (await editor.plans())["ground"]
    assert (ground["zones"], ground["modules"]) == ({}, {})


async def test_a_removed_park_takes_its_plans_along(
    hass: HomeAssistant, editor: Editor
) -> None:
    await editor.patch(plan())
    other = {"plan": "other", "kind": "plan", "id": "other"}
    await editor.patch({**other, "value": PLAN | {"park": "another"}})

    await hass.config_entries.async_remove("park")

    assert set(await editor.plans()) == {"other"}


async def test_a_park_that_never_ran_takes_its_plans_along(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    stored = {"ground": {**PLAN, "picture": None, "zones": {}, "modules": {}}}
    hass_storage["energy_park.plan"] = {
        "version": 1,
        "key": "energy_park.plan",
        "data": {"revision": 4, "plans": stored},
    }
    entry = await async_setup(hass)
    del hass.data[PLANS]

    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_stop(force=True)

    assert hass_storage["energy_park.plan"]["data"]["plans"] == {}


# Pictures


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30)) -> bytes:
    written = BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "somebody's holiday"
    Image.new("RGB", size, "white").save(written, kind, exif=exif)
    return written.getvalue()


SVG = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 30">
<rect width="40" height="30" fill="white"/></svg>"""


@pytest.fixture
async def http(
    hass: HomeAssistant, editor: Editor, hass_client: ClientSessionGenerator
) -> TestClient[Any, Any]:
    """An administrator's HTTP session."""
    client: TestClient[Any, Any] = await hass_client()
    return client


@pytest.fixture(autouse=True)
def pictures_folder(hass: HomeAssistant, tmp_path: Path) -> Path:
    """A configuration folder for the pictures alone."""
    hass.config.config_dir = str(tmp_path)
    return tmp_path / DOMAIN / "pictures"


@pytest.mark.parametrize(
    ("content", "mime"),
    [
        (picture("PNG"), "image/png"),
        (picture("JPEG"), "image/jpeg"),
        (picture("WEBP"), "image/webp"),
        (SVG, "image/svg+xml"),
    ],
)
async def test_a_picture_is_kept_and_shown(
    http: TestClient[Any, Any], content: bytes, mime: str
) -> None:
    answer = await (await http.post(f"{URL}/picture", data=content)).json()
    assert (answer["width"], answer["height"]) == (40, 30)

    shown = await http.get(f"{URL}/picture/{answer['digest']}")

    assert shown.status == 200
    assert shown.content_type == mime
    assert "immutable" in shown.headers["Cache-Control"]
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert ("sandbox" in shown.headers.get("Content-Security-Policy", "")) == (
        mime == "image/svg+xml"
    )
    assert b"holiday" not in await shown.read()


async def upload(http: TestClient[Any, Any], content: bytes) -> Json:
    """Send a picture; return what a plan says of it."""
    answer: Json = await (
        await http.post(f"{URL}/picture", data=BytesIO(content))
    ).json()
    return answer


async def test_the_same_picture_is_kept_once(
    http: TestClient[Any, Any], pictures_folder: Path
) -> None:
    for _ in range(2):
        await http.post(f"{URL}/picture", data=picture())
    assert len(list(pictures_folder.iterdir())) == 1


async def test_a_huge_picture_is_made_smaller(http: TestClient[Any, Any]) -> None:
    answer = await http.post(f"{URL}/picture", data=picture("JPEG", (6000, 3000)))
    size = await answer.json()
    assert (size["width"], size["height"]) == (4096, 2048)


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"x" * (10 * 1024 * 1024 + 1), 413, "picture_too_big"),
        (picture("PNG", (50, 501)), 400, "picture_too_long"),
        (picture("PNG", (501, 50)), 400, "picture_too_long"),
        (b"no picture at all", 400, "picture_unreadable"),
        (picture()[:60], 400, "picture_unreadable"),
        (picture("GIF"), 400, "picture_unreadable"),
        (b"<html><script>alert(1)</script></html>", 400, "picture_unreadable"),
        (b"", 400, "picture_unreadable"),
    ],
    ids=["big", "tall", "wide", "text", "cut", "gif", "html", "empty"],
)
async def test_a_file_that_is_no_picture_for_a_plan_is_refused(
    http: TestClient[Any, Any],
    pictures_folder: Path,
    content: bytes,
    status: int,
    code: str,
) -> None:
    answer = await http.post(f"{URL}/picture", data=BytesIO(content))

    assert answer.status == status
    assert (await answer.json())["code"] == code
    assert not pictures_folder.exists()


async def test_pixels_beyond_reason_are_refused(http: TestClient[Any, Any]) -> None:
    written = BytesIO()
    Image.new("1", (15_000, 5800)).save(written, "PNG")

    answer = await http.post(f"{URL}/picture", data=written.getvalue())

    assert (await answer.json())["code"] == "picture_too_big"


async def test_pictures_are_for_who_is_logged_in(
    http: TestClient[Any, Any],
    hass_client_no_auth: ClientSessionGenerator,
    hass_client: ClientSessionGenerator,
    hass_read_only_access_token: str,
) -> None:
    digest = (await (await http.post(f"{URL}/picture", data=picture())).json())[
        "digest"
    ]
    stranger = await hass_client_no_auth()
    guest = await hass_client(hass_read_only_access_token)

    assert (await stranger.get(f"{URL}/picture/{digest}")).status == 401
    assert (await stranger.post(f"{URL}/picture", data=picture())).status == 401
    assert (await guest.get(f"{URL}/picture/{digest}")).status == 200
    assert (await guest.post(f"{URL}/picture", data=picture())).status == 401


@pytest.mark.parametrize("name", ["0" * 64, "..%2F..%2Fsecrets.yaml", "short"])
async def test_no_other_file_can_be_asked_for(
    http: TestClient[Any, Any], name: str
) -> None:
    assert (await http.get(f"{URL}/picture/{name}")).status in (400, 404)


async def test_pictures_of_no_plan_are_deleted_at_the_next_start(
    hass: HomeAssistant,
    http: TestClient[Any, Any],
    editor: Editor,
    pictures_folder: Path,
) -> None:
    used = await upload(http, picture())
    await http.post(f"{URL}/picture", data=SVG)
    await editor.patch(plan(picture=used))

    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await hass.async_block_till_done()

    assert [file.stem for file in pictures_folder.iterdir()] == [used["digest"]]


async def test_pictures_survive_a_storage_that_cannot_be_read(
    hass: HomeAssistant,
    http: TestClient[Any, Any],
    editor: Editor,
    pictures_folder: Path,
    hass_storage: dict[str, Any],
) -> None:
    await editor.patch(plan(picture=await upload(http, picture())))
    store = hass.data[PLANS]
    await flush_store(store._store)
    del hass_storage["energy_park.plan"]
    await store.async_load()

    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await hass.async_block_till_done()

    assert len(list(pictures_folder.iterdir())) == 1


# Export and import


async def test_what_is_exported_can_be_imported_however_large(
    http: TestClient[Any, Any], editor: Editor
) -> None:
    noise = Image.effect_noise((3200, 2600), 200)
    written = BytesIO()
    noise.save(written, "JPEG", quality=88)
    assert len(written.getvalue()) < 10 * 1024 * 1024
    shown = await upload(http, written.getvalue())
    for floor in range(2):
        at = {"plan": f"floor_{floor}", "kind": "plan", "id": f"floor_{floor}"}
        await editor.patch({**at, "value": PLAN | {"picture": shown}})

    exported = await (await http.get(f"{URL}/park/park")).read()
    assert len(exported) > 16 * 1024 * 1024
    answer = await http.post(f"{URL}/park/park", data=BytesIO(exported))

    assert await answer.json() == {"plans": 2, "unknown": 0}
    assert len(await editor.plans()) == 4


async def test_a_large_file_is_taken_apart_beside_the_event_loop(
    http: TestClient[Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def beside(make: Callable[..., Any]) -> Callable[..., Any]:
        def checked(*args: Any, **kwargs: Any) -> Any:
            assert threading.current_thread() is not threading.main_thread()
            return make(*args, **kwargs)

        return checked

    monkeypatch.setattr(
        transfer,
        "json",
        SimpleNamespace(loads=beside(json.loads), dumps=beside(json.dumps)),
    )

    assert (await http.get(f"{URL}/park/park")).status == 200
    assert (await http.post(f"{URL}/park/park", data=exported())).status == 200


@pytest.mark.usefixtures("socket_enabled")
async def test_plans_move_to_another_home_assistant(
    hass: HomeAssistant,
    make_editor: MakeEditor,
    hass_client: ClientSessionGenerator,
) -> None:
    async with ShellyGen2(mac="aa0000000001", sockets=2) as strip:
        await async_setup(hass, sector("Room", "room"), plug(strip, "room"))
        devices = dr.async_get(hass)
        room = devices.async_get_device_by_identifier((DOMAIN, "room"), "park").id
        socket = devices.async_get_child_device_by_identifier(
            (DOMAIN, f"{strip.true_mac}_0"), "park"
        ).id
        floor = fr.async_get(hass).async_create("Ground")
        http = await hass_client()
        image = await (await http.post(f"{URL}/picture", data=picture())).json()
        editor = await make_editor()
        await editor.patch(
            plan(picture=image, floor=floor.floor_id),
            zone(device=room),
            module(socket, size=150),
        )

        exported = await (await http.get(f"{URL}/park/park")).read()
        assert room.encode() not in exported
        assert socket.encode() not in exported
        await editor.patch(change("plan", "ground", None))
        answer = await (await http.post(f"{URL}/park/park", data=exported)).json()

    assert answer == {"plans": 1, "unknown": 0}
    [imported] = (await editor.plans()).values()
    assert imported["picture"] == {**image, "invert": False}
    assert imported["floor"] == floor.floor_id
    [imported_zone] = imported["zones"].values()
    assert (imported_zone["device"], imported_zone["points"]) == (room, SQUARE)
    assert imported["modules"] == {
        socket: {"x": 100, "y": 200, "rotation": 0, "size": 150}
    }


def exported(**changes: Any) -> bytes:
    ground = {
        "name": "Ground",
        "floor": "ground",
        "order": 0,
        "height": 6000,
        "picture": None,
        "zones": [{"sector": "Elsewhere", "name": None, "points": SQUARE}],
        "modules": [{"socket": "elsewhere_0", "x": 1, "y": 2}],
    }
    return json.dumps({"energy_park_plans": 1, "plans": [ground | changes]}).encode()


async def test_what_a_park_does_not_have_is_counted(
    http: TestClient[Any, Any], editor: Editor
) -> None:
    answer = await http.post(f"{URL}/park/park", data=exported())

    assert await answer.json() == {"plans": 1, "unknown": 2}
    [ground] = (await editor.plans()).values()
    assert ground["floor"] is None
    assert [zone["name"] for zone in ground["zones"].values()] == ["Elsewhere"]
    assert ground["modules"] == {}


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (b"no JSON", "file_unreadable"),
        (b"[]", "file_unreadable"),
        (b'{"energy_park_plans": 2, "plans": []}', "file_unreadable"),
        (exported(height="tall"), "file_unreadable"),
        (exported(modules=[{"x": 1}]), "file_unreadable"),
        (exported(picture={"content": "?", "invert": False}), "file_unreadable"),
        (exported(picture={"content": "", "invert": False}), "picture_unreadable"),
    ],
)
async def test_a_file_that_holds_no_plans_changes_nothing(
    http: TestClient[Any, Any], editor: Editor, file: bytes, code: str
) -> None:
    answer = await http.post(f"{URL}/park/park", data=file)

    assert (answer.status, (await answer.json())["code"]) == (400, code)
    assert await editor.plans() == {}


async def test_a_park_that_is_gone_takes_no_file(http: TestClient[Any, Any]) -> None:
    answer = await http.post(f"{URL}/park/gone", data=exported())
    assert (await answer.json())["code"] == "park_removed"
    nothing = await (await http.get(f"{URL}/park/gone")).json()
    assert nothing["plans"] == []


async def test_only_administrators_move_plans(
    http: TestClient[Any, Any],
    hass_client: ClientSessionGenerator,
    hass_read_only_access_token: str,
) -> None:
    guest = await hass_client(hass_read_only_access_token)
    assert (await guest.get(f"{URL}/park/park")).status == 401
    assert (await guest.post(f"{URL}/park/park", data=exported())).status == 401
