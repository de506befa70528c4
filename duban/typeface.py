"""The typeface of what is printed: a font with Chinese characters found on the machine, to be embedded in each file."""

from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from domain.base import Refusal

KNOWN: Final = tuple(
    Path("/usr/share/fonts") / place
    for place in (
        "opentype/noto/NotoSansCJK-Regular.ttc",  # Debian's fonts-noto-cjk
        "opentype/noto/NotoSerifCJK-Regular.ttc",
        "google-noto-sans-cjk-vf-fonts/NotoSansCJK-VF.ttc",  # Fedora's
        "truetype/wqy/wqy-zenhei.ttc",  # Debian's fonts-wqy-zenhei
        "truetype/wqy/wqy-microhei.ttc",
        "truetype/droid/DroidSansFallbackFull.ttf",  # Debian's fonts-droid-fallback
        "truetype/arphic/uming.ttc",
    )
)
"""Where distributions put them, the best first."""
SIMPLIFIED: Final = " SC"  # how the name of a collection's face for the mainland ends, or goes on
FULL_NAME: Final = 4  # of the name table
A_SIGN: Final = ord("督")
OFF_BY: Final = 1.0  # units of the em by which a redrawn outline may differ; a thousandth of the size
UNUSED: Final = ["GSUB", "GPOS", "GDEF", "BASE", "vhea", "vmtx", "VORG", "DSIG"]  # a line is set plainly
COUNTS: Final = (  # what a TrueType font says of itself, which outlines without instructions do not need
    "maxTwilightPoints", "maxStorage", "maxFunctionDefs", "maxInstructionDefs", "maxStackElements",
    "maxSizeOfInstructions", "maxComponentElements", "maxPoints", "maxContours", "maxCompositePoints",
    "maxCompositeContours", "maxComponentDepth",
)  # fmt: skip


class NoTypeface(Refusal):
    """Nothing can be printed here: no font with Chinese characters was found on this machine.

    Install Debian's fonts-noto-cjk, or let DUBAN_PDF_FONT name a TrueType or OpenType file that has them.
    """


def typeface(chosen: Path | None) -> tuple[Path, int]:
    """The font file to print with, and the number of its face. Refuses where no font has Chinese characters."""
    for path in KNOWN if chosen is None else (chosen,):
        if path.is_file() and (number := _face(path)) is not None:
            return path, number
    raise NoTypeface


@cache
def _face(path: Path) -> int | None:
    """The face of a font file that shows Chinese, the mainland's forms where there are several."""
    from fontTools.ttLib import TTCollection, TTFont, TTLibError

    try:
        with path.open("rb") as file:
            collected = file.read(4) == b"ttcf"
            file.seek(0)
            faces = TTCollection(file, lazy=True).fonts if collected else [TTFont(file, lazy=True)]
            names = [str(face["name"].getDebugName(FULL_NAME)) for face in faces]
            order = sorted(range(len(faces)), key=lambda number: SIMPLIFIED not in names[number])
            return next((number for number in order if A_SIGN in (faces[number].getBestCmap() or {})), None)
    except (TTLibError, AssertionError, OSError, KeyError, ValueError):  # what it finds in a broken file
        return None


@lru_cache(maxsize=64)
def cut(path: Path, number: int, signs: str) -> bytes:
    """A small TrueType font with no more than these signs.

    Cubic outlines become quadratic ones: a font with those is embedded in the plainest way, which every
    reader shows and every program takes text from.
    """
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    options = Options(notdef_outline=True, hinting=False, drop_tables=UNUSED)
    with path.open("rb") as file:
        font = TTFont(file, fontNumber=number, lazy=True)
        subsetter = Subsetter(options)
        subsetter.populate(text=signs)
        subsetter.subset(font)
        if "glyf" not in font:
            _as_truetype(font)
        made = BytesIO()
        font.save(made)
    return made.getvalue()


def _as_truetype(font: Any) -> None:
    """Redraw the glyphs of an OpenType font as TrueType's."""
    from fontTools.pens.cu2quPen import Cu2QuPen
    from fontTools.pens.ttGlyphPen import TTGlyphPen
    from fontTools.ttLib import newTable

    drawn, glyphs = font.getGlyphSet(), {}
    for name in font.getGlyphOrder():
        pen = TTGlyphPen(drawn)
        drawn[name].draw(Cu2QuPen(pen, OFF_BY, reverse_direction=True))
        glyphs[name] = pen.glyph()
    font["loca"], font["glyf"] = newTable("loca"), newTable("glyf")
    font["glyf"].glyphOrder, font["glyf"].glyphs = font.getGlyphOrder(), glyphs
    for name, glyph in glyphs.items():
        glyph.recalcBounds(font["glyf"])
        font["hmtx"][name] = (font["hmtx"][name][0], getattr(glyph, "xMin", 0))
    font["maxp"].tableVersion = 0x00010000
    font["maxp"].__dict__.update(dict.fromkeys(COUNTS, 0), maxZones=1)
    for table in {"CFF ", "CFF2", "VORG"} & set(font.keys()):
        del font[table]
    font.sfntVersion = "\000\001\000\000"
