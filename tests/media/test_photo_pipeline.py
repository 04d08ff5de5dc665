"""One decode of a received photo: facts, hash, thumbnail, copy; and what is refused."""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
import zlib
from datetime import datetime
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from bot.media.decoding import MOST_PIXELS, PictureFormat, decode
from bot.media.errors import NotAnImage, PhotoRefused, TooLarge, TooManyPixels, Truncated
from bot.media.fonts import Fonts
from bot.media.pipeline import DHASH_VERSION, Stamp, dhash, distance, study
from tests.drawn import photo, scene

TAKEN = datetime(2019, 4, 12, 9, 12, 30)  # noqa: DTZ001 - as a camera has it
PLACE = (35.142, 114.201)
STAMP = Stamp("县1-0412-03", "延津县王楼镇任庄村村口", "2019年4月12日 09:12")
HEIC = Path(__file__).parent.parent / "data" / "drawn_rubbish.heic"


@pytest.fixture(scope="module")
def fonts() -> Fonts:
    return Fonts()


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def likeness(one: Image.Image, other: Image.Image) -> float:
    """The mean difference of two pictures' pixels, 0 to 255."""
    other = other.convert("RGB").resize(one.size)
    return sum(ImageStat.Stat(ImageChops.difference(one.convert("RGB"), other)).mean) / 3


def saved(image: Image.Image, format: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def reference_dhash(image: Image.Image) -> str:
    """ImageHash's dhash, written after its documentation: rows of 9 greys, each against its left one."""
    grey = image.convert("L").resize((9, 8), Image.Resampling.LANCZOS)
    bits = ""
    for y in range(8):
        for x in range(8):
            bits += "1" if grey.getpixel((x + 1, y)) > grey.getpixel((x, y)) else "0"  # type: ignore[operator]
    return f"{int(bits, 2):016x}"


# Facts


def test_a_jpeg_tells_time_place_size_and_hash() -> None:
    data = photo(size=(1280, 960), taken=TAKEN, position=PLACE)

    studied = study(data)

    assert studied.format is PictureFormat.JPEG
    assert studied.sha256 == hashlib.sha256(data).hexdigest()
    assert (studied.width, studied.height, studied.size) == (1280, 960, len(data))
    assert studied.taken == TAKEN
    assert studied.taken.tzinfo is None
    assert studied.position == pytest.approx(PLACE, abs=1e-5)
    assert studied.dhash_version == DHASH_VERSION
    assert studied.copy is None


@pytest.mark.parametrize("format", ["PNG", "WEBP"])
def test_png_and_webp_tell_the_same_as_a_jpeg(format: str) -> None:
    jpeg = study(photo(size=(640, 480), taken=TAKEN, position=PLACE))

    studied = study(photo(size=(640, 480), taken=TAKEN, position=PLACE, format=format))  # type: ignore[arg-type]

    assert studied.format is PictureFormat[format]
    assert (studied.taken, studied.position) == (jpeg.taken, jpeg.position)
    assert distance(studied.dhash, jpeg.dhash) <= 2


def test_a_heic_is_decoded_turned_and_tells_its_facts() -> None:
    data = HEIC.read_bytes()

    studied = study(data, wants_copy=True)

    assert studied.format is PictureFormat.HEIC
    assert studied.format.extension == "heic"
    assert (studied.width, studied.height, studied.orientation) == (640, 480, 1)
    assert studied.taken == TAKEN
    assert studied.position == pytest.approx(PLACE, abs=1e-5)
    assert studied.copy is not None
    assert likeness(scene("rubbish", size=(640, 480), seed=4), opened(studied.copy)) < 20


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_comes_out_upright(orientation: int) -> None:
    upright = scene("rubbish", size=(480, 640), seed=3)
    data = photo("rubbish", size=(480, 640), seed=3, orientation=orientation)

    studied = study(data, wants_copy=True)

    assert (studied.width, studied.height) == (480, 640)
    assert studied.orientation == orientation
    assert distance(studied.dhash, dhash(upright)) <= 3
    assert opened(studied.thumbnail).size == (240, 320)
    assert studied.copy is not None
    assert likeness(upright, opened(studied.copy)) < 20


def test_southern_and_western_positions_are_negative() -> None:
    data = photo(size=(320, 240), position=(-33.5, -70.25))

    studied = study(data)

    assert studied.position == pytest.approx((-33.5, -70.25))


@pytest.mark.parametrize("position", [(0.0, 0.0), (91.0, 114.0), (35.0, 181.0)])
def test_a_position_that_cannot_be_is_no_position(position: tuple[float, float]) -> None:
    data = photo(size=(320, 240), position=position, taken=TAKEN)

    studied = study(data)

    assert studied.position is None
    assert studied.taken == TAKEN


@pytest.mark.parametrize("written", ["0000:00:00 00:00:00", "1970:01:01 08:00:00", "yesterday", "    "])
def test_a_time_that_no_clock_showed_is_no_time(written: str) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = written
    data = saved(scene("clean", size=(320, 240)), "JPEG", exif=exif)

    studied = study(data)

    assert studied.taken is None


@pytest.mark.filterwarnings("ignore")
def test_broken_exif_is_missing_facts_and_no_error() -> None:
    whole = photo(size=(320, 240), taken=TAKEN, position=PLACE, orientation=6)
    start = whole.index(b"Exif\0\0") + 6
    end = start - 8 + struct.unpack(">H", whole[start - 8 : start - 6])[0]

    for at in range(start, end - 3):
        damaged = whole[:at] + b"\xee\xff\x00" + whole[at + 3 :]
        studied = study(damaged)

        assert studied.width in (320, 240)


# The hash


@pytest.mark.parametrize("kind", ["rubbish", "clean", "ditch", "stalls"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_hash_is_imagehashs_bit_for_bit(kind: str, seed: int) -> None:
    image = scene(kind, size=(640, 480), seed=seed)  # type: ignore[arg-type]

    assert f"{dhash(image):016x}" == reference_dhash(image)


def test_the_hash_is_the_same_whether_a_copy_is_made_or_not() -> None:
    data = photo(size=(4000, 3000), seed=5)

    alone, with_copy = study(data), study(data, wants_copy=True)

    assert distance(alone.dhash, with_copy.dhash) <= 1


def test_the_reduced_decode_hashes_as_the_full_one_does() -> None:
    data = photo(size=(2400, 1800), seed=7)

    studied = study(data)

    assert distance(studied.dhash, dhash(opened(data))) <= 2


def test_a_photo_compressed_again_is_near_and_another_scene_is_far() -> None:
    original = study(photo("rubbish", size=(2400, 1800), seed=1))
    again = study(photo("rubbish", size=(1280, 960), seed=1, quality=60))
    other = study(photo("ditch", size=(1280, 960), seed=1))

    assert distance(original.dhash, again.dhash) <= 8
    assert distance(original.dhash, other.dhash) > 8


# Thumbnail and copy


def test_thumbnail_and_copy_carry_no_metadata(fonts: Fonts) -> None:
    image = scene("rubbish", size=(1600, 1200))
    exif = Image.Exif()
    exif[0x010F] = "SECRETMAKER"
    data = saved(image, "JPEG", exif=exif, comment=b"SECRETCOMMENT", icc_profile=b"SECRETPROFILE" * 20)

    studied = study(data, stamp=STAMP, fonts=fonts)

    assert b"SECRET" in data
    for made in (studied.thumbnail, studied.copy):
        assert made is not None
        assert b"SECRET" not in made
        assert b"Exif" not in made
        assert not opened(made).getexif()


def test_the_copy_is_large_enough_to_look_at_and_the_thumbnail_small() -> None:
    studied = study(photo(size=(4000, 3000)), wants_copy=True)

    assert studied.copy is not None
    assert 1280 <= max(opened(studied.copy).size) < 2560
    assert max(opened(studied.thumbnail).size) == 320
    assert len(studied.thumbnail) < 60_000


def test_the_stamp_stands_below_the_picture_and_hides_nothing_of_it(fonts: Fonts) -> None:
    data = photo(size=(1280, 960))

    plain, stamped = study(data, wants_copy=True), study(data, stamp=STAMP, fonts=fonts)

    assert plain.copy is not None
    assert stamped.copy is not None
    image = opened(stamped.copy)
    assert image.width == 1280
    assert image.height > 960
    assert likeness(opened(plain.copy), image.crop((0, 0, 1280, 960))) < 3


def test_a_place_of_any_length_fits_the_stamp(fonts: Fonts) -> None:
    stamp = Stamp("县1-0412-03", "延津县" + "很长的村名" * 40 + "📍", "2019年4月12日 09:12")

    for size in ((1280, 960), (960, 1280), (200, 150), (40, 900)):
        studied = study(photo(size=size), stamp=stamp, fonts=fonts)

        assert studied.copy is not None
        assert opened(studied.copy).width == size[0]


def test_a_stamp_without_fonts_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="fonts"):
        study(photo(size=(320, 240)), stamp=STAMP)


# Odd but valid


def test_transparency_becomes_white() -> None:
    image = Image.new("RGBA", (64, 48), (255, 0, 0, 0))

    picture = decode(saved(image, "PNG")).picture

    assert picture.mode == "RGB"
    assert picture.getpixel((10, 10)) == (255, 255, 255)


def test_a_palette_with_transparency_is_taken() -> None:
    image = scene("clean", size=(320, 240)).quantize(16)

    studied = study(saved(image, "PNG", transparency=0))

    assert (studied.width, studied.height) == (320, 240)


def test_sixteen_bits_keep_their_greys() -> None:
    ramp = Image.new("I;16", (256, 32))
    for x in range(256):
        for y in range(32):
            ramp.putpixel((x, y), x * 257)

    picture = decode(saved(ramp, "PNG")).picture

    assert [picture.getpixel((x, 8)) for x in (0, 100, 255)] == [(0,) * 3, (100,) * 3, (255,) * 3]


def test_cmyk_becomes_rgb() -> None:
    image = scene("ditch", size=(320, 240))

    picture = decode(saved(image.convert("CMYK"), "JPEG", quality=95)).picture

    assert picture.mode == "RGB"
    assert likeness(image, picture) < 12


@pytest.mark.parametrize("mode", ["L", "1", "LA", "P"])
def test_other_modes_become_rgb(mode: str) -> None:
    data = saved(scene("clean", size=(320, 240)).convert(mode), "PNG")

    assert decode(data).picture.mode == "RGB"


def test_of_an_animation_the_first_frame_is_taken() -> None:
    first, second = scene("rubbish", size=(320, 240)), scene("stalls", size=(320, 240))
    data = saved(first, "WEBP", save_all=True, append_images=[second], duration=100, quality=90)

    picture = decode(data).picture

    assert likeness(first, picture) < 20


def test_a_progressive_jpeg_is_whole() -> None:
    data = saved(scene("clean", size=(640, 480)), "JPEG", progressive=True)

    assert study(data).width == 640


def test_a_picture_of_one_pixel_is_a_picture(fonts: Fonts) -> None:
    for size in ((1, 1), (1, 500), (3000, 1)):
        studied = study(saved(Image.new("RGB", size, "red"), "PNG"), stamp=STAMP, fonts=fonts)

        assert (studied.width, studied.height) == size


def test_bytes_behind_the_end_are_normal() -> None:
    whole = photo(size=(320, 240))
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("note.txt", "behind the picture")

    for tail in (archive.getvalue(), b"\0" * 5000, whole):
        studied = study(whole + tail)

        assert (studied.width, studied.height) == (320, 240)
        assert studied.sha256 == hashlib.sha256(whole + tail).hexdigest()


def test_the_name_decides_nothing() -> None:
    assert study(photo(size=(320, 240), format="PNG"), name="照片.jpg").format is PictureFormat.PNG


# Refused


@pytest.mark.parametrize("share", [0.02, 0.3, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_a_part_of_a_file_is_truncated(format: str, share: float) -> None:
    whole = photo(size=(640, 480), format=format, taken=TAKEN)  # type: ignore[arg-type]

    with pytest.raises((Truncated, NotAnImage) if share < 0.1 else Truncated):
        study(whole[: int(len(whole) * share)])


def test_half_a_jpeg_with_something_whole_behind_it_is_truncated() -> None:
    whole = photo(size=(640, 480))

    with pytest.raises(Truncated):
        study(whole[: len(whole) // 2] + photo("clean", size=(64, 48)))


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_part_of_a_heic_is_refused(share: float) -> None:
    whole = HEIC.read_bytes()

    with pytest.raises(PhotoRefused):
        study(whole[: int(len(whole) * share)])


def test_a_heic_that_kills_its_decoder_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    deadly = tmp_path / "deadly.py"
    deadly.write_text("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n")
    monkeypatch.setattr("bot.media.heic_child.__file__", str(deadly))

    with pytest.raises(NotAnImage, match="-11"):
        study(HEIC.read_bytes())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        "这不是照片".encode(),
        b"\xff\xd8\xff",
        b"GIF89a" + b"\0" * 100,
        b"%PDF-1.4",
        b"\0\0\0\x1cftypavif" + b"\0" * 64,
        b"\0\0\0\x18ftypheic\0\0\0\0heicmif1" + b"\0" * 64,
        b"RIFF\x10\0\0\0WEBPVP8 " + b"\0" * 64,
        b"\x89PNG\r\n\x1a\n" + b"\0" * 64,
    ],
    ids=["empty", "text", "stub", "gif", "pdf", "avif", "heic", "webp", "png"],
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises((NotAnImage, Truncated)) as refusal:
        study(data, name="IMG_0001.jpg")

    assert refusal.value.name == "IMG_0001.jpg"


@pytest.mark.parametrize("side", [50_000, 7_000, 100])
def test_a_bomb_is_refused_before_it_is_unpacked(side: int) -> None:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    high = 50_000 if side != 7_000 else 7_000
    head = struct.pack(">IIBBBBB", side, high, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * 1000)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")

    # 100 x 50,000 is within the limit, and its data end early
    expected = TooManyPixels if side * high > MOST_PIXELS else Truncated
    with pytest.raises(expected) as refusal:
        study(data)

    if isinstance(refusal.value, TooManyPixels):
        assert (refusal.value.pixels, refusal.value.limit) == (side * high, MOST_PIXELS)


def test_a_jpeg_that_claims_too_much_is_refused() -> None:
    data = bytearray(photo(size=(320, 240)))
    frame = data.index(b"\xff\xc0")
    data[frame + 5 : frame + 9] = struct.pack(">HH", 60_000, 60_000)

    with pytest.raises(TooManyPixels):
        study(bytes(data))


def test_more_than_twenty_megabytes_are_refused_unread() -> None:
    data = photo(size=(320, 240)) + b"\0" * 21_000_000

    with pytest.raises(TooLarge) as refusal:
        study(data)

    assert refusal.value.size == len(data)
    assert refusal.value.limit == 20 * 1024 * 1024


# Cameras


@pytest.mark.photos
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("name", "size", "taken", "position"),
    [
        ("gps_0010.jpg", (640, 480), datetime(2008, 10, 22, 16, 28, 39), (43.467448, 11.885127)),  # noqa: DTZ001
        ("iphone_12mp.jpg", (3264, 2448), datetime(2015, 4, 10, 20, 12, 23), (40.446972, -3.724753)),  # noqa: DTZ001
        ("orientation_3.jpg", (600, 450), None, None),
        ("orientation_6.jpg", (450, 600), None, None),
        ("phone_jolla.jpg", (3264, 2448), datetime(2014, 9, 21, 16, 0, 56), None),  # noqa: DTZ001
        ("bad_exif_01137.jpg", (88, 64), None, None),
        ("corrupted.jpg", (3648, 2736), datetime(2015, 9, 8, 11, 2, 17), None),  # noqa: DTZ001
    ],
)
def test_a_cameras_photo_is_read(
    photo_samples: Path,
    name: str,
    size: tuple[int, int],
    taken: datetime | None,
    position: tuple[float, float] | None,
) -> None:
    studied = study((photo_samples / name).read_bytes(), name=name, wants_copy=True)

    assert (studied.width, studied.height) == size
    assert studied.taken == taken
    assert studied.position == (None if position is None else pytest.approx(position, abs=1e-5))


@pytest.mark.photos
def test_an_iphones_heic_is_read(photo_samples: Path) -> None:
    studied = study((photo_samples / "iphone_5195.heic").read_bytes(), wants_copy=True)

    assert studied.format is PictureFormat.HEIC
    assert (studied.width, studied.height) == (2566, 3313)
    assert studied.position == pytest.approx((39.051344, -94.288772), abs=1e-5)
