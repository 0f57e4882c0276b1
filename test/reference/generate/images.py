"""Pictures in other sizes and colours by Pillow, for test/data/image-data.test.ts."""

from PIL import Image, __version__

WIDTH, HEIGHT = 13, 9
FILTERS = {"nearest": Image.Resampling.NEAREST, "bilinear": Image.Resampling.BILINEAR}


def pixels():
    state = 5
    for _ in range(WIDTH * HEIGHT * 4):
        state = (state * 1664525 + 1013904223) % 2**32
        yield state >> 24


def make():
    rgba = bytes(pixels())
    picture = Image.frombytes("RGBA", (WIDTH, HEIGHT), rgba)
    black = Image.new("RGBA", picture.size, (0, 0, 0, 255))
    black.paste(picture, (0, 0), picture)
    opaque = black.convert("RGB")
    cases = [
        {
            "channels": channels,
            "height": height,
            "width": width,
            "interpolation": name,
            "bytes": list(image.resize((width, height), method).tobytes()),
        }
        for channels, image in {1: opaque.convert("L"), 3: opaque, 4: picture}.items()
        for height, width in [(HEIGHT, WIDTH), (4, 5), (1, 1), (9, 6), (20, 31), (3, 13)]
        for name, method in FILTERS.items()
    ]
    return {"made_by": {"pillow": __version__}, "width": WIDTH, "height": HEIGHT, "rgba": list(rgba), "cases": cases}
