"""Pictures in other sizes and colours by Pillow, for test/data/image-data.test.ts. Needs pillow."""

import json
from pathlib import Path

from PIL import Image

WIDTH, HEIGHT = 13, 9


def pixels():
    state = 5
    for _ in range(WIDTH * HEIGHT * 4):
        state = (state * 1664525 + 1013904223) % 2**32
        yield state >> 24


rgba = bytes(pixels())
picture = Image.frombytes("RGBA", (WIDTH, HEIGHT), rgba)
black = Image.new("RGBA", picture.size, (0, 0, 0, 255))
black.paste(picture, (0, 0), picture)
opaque = black.convert("RGB")
modes = {1: opaque.convert("L"), 3: opaque, 4: picture}
filters = {"nearest": Image.Resampling.NEAREST, "bilinear": Image.Resampling.BILINEAR}
cases = [
    {
        "channels": channels,
        "height": height,
        "width": width,
        "interpolation": name,
        "bytes": list(image.resize((width, height), method).tobytes()),
    }
    for channels, image in modes.items()
    for height, width in [(HEIGHT, WIDTH), (4, 5), (1, 1), (9, 6), (20, 31), (3, 13)]
    for name, method in filters.items()
]
out = {"width": WIDTH, "height": HEIGHT, "rgba": list(rgba), "cases": cases}
Path(__file__).parent.with_name("images.json").write_text(json.dumps(out) + "\n")
