from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2
import pypdf
import pytest

from duban.typeface import KNOWN, NoTypeface, typeface
from tests.entrypoints.web.conftest import REF

pytestmark = pytest.mark.postgres
PRINTED = f"/case/{quote(REF)}/replay.pdf"


def fonts(page: pypdf.PageObject) -> list[dict[str, Any]]:
    """The descriptors of the fonts that a page is set in."""
    used: Any = page["/Resources"]
    descendants = [font.get_object()["/DescendantFonts"][0].get_object() for font in used["/Font"].values()]
    return [one["/FontDescriptor"].get_object() for one in descendants]


def without_spaces(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize(
    ("lang", "said"),
    [("zh", "农业农村部（主办）"), ("en", "Awaitingfeedback"), ("en", "关于支持庆阳<script>")],
)
async def test_the_replay_is_printed_in_both_languages(
    client: httpx2.AsyncClient, lang: str, said: str
) -> None:
    answer = await client.get(PRINTED, params={"lang": lang})
    pages = pypdf.PdfReader(BytesIO(answer.content)).pages

    assert answer.headers["content-type"] == "application/pdf"
    assert said in without_spaces("".join(page.extract_text() for page in pages))


async def test_every_font_of_the_print_is_embedded(client: httpx2.AsyncClient) -> None:
    answer = await client.get(PRINTED, params={"lang": "zh"})
    pages = pypdf.PdfReader(BytesIO(answer.content)).pages

    for page in pages:
        assert fonts(page)
        assert all("/FontFile2" in one or "/FontFile3" in one for one in fonts(page))
    assert len(answer.content) < 200_000  # the signs that are used, not the whole font


def test_the_mainland_face_of_a_collection_is_taken() -> None:
    from fontTools.ttLib import TTCollection

    path, face = typeface(None)
    with path.open("rb") as file:
        names = [str(one["name"].getDebugName(4)) for one in TTCollection(file, lazy=True).fonts]

    assert path in KNOWN
    assert " SC" in names[face]


def test_a_file_that_is_no_font_is_refused_with_what_to_do(tmp_path: Path) -> None:
    broken, missing = tmp_path / "broken.ttf", tmp_path / "none.ttf"
    broken.write_bytes(b"ttcf not a font")

    for path in (broken, missing):
        with pytest.raises(NoTypeface, match="DUBAN_PDF_FONT"):
            typeface(path)
