"""`gazetalk lab screens`: a picture of every screen, in every theme and size, to be looked at."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from gazetalk.files import write_atomically
from gazetalk.lab.person import LabError
from gazetalk.lab.screens_scenes import Scene, draw, look_for, scenes
from gazetalk.screens.canvas import Canvas, pygame
from gazetalk.screens.look import THEMES, Look
from gazetalk.screens.window import Window, WindowError

SIZES = "1920x1080,1366x768,1280x800,3840x2160,1080x1920"
LARGEST_PX = 8192


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the lab's."""
    parser = commands.add_parser("screens", help="draw every screen in every theme and size")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="of the pictures")
    parser.add_argument("--sizes", default=SIZES, metavar="WxH,WxH", help=f"usually {SIZES}")
    parser.add_argument(
        "--themes", default=",".join(THEMES), metavar="NAME,NAME", help="usually all of them"
    )
    parser.add_argument("--text-scale", type=float, default=1.0, metavar="S", help="0.8 to 1.6")
    parser.add_argument("--only", default="", metavar="WORD", help="scenes with this in their name")


def run(args: argparse.Namespace) -> int:
    """Draw them; 0. Raises LabError."""
    sizes = [_size(size) for size in args.sizes.split(",")]
    try:
        looks = [Look(theme=name, text_scale=args.text_scale) for name in args.themes.split(",")]
    except ValueError as error:
        raise LabError(f"the look: {error}") from None
    try:
        args.out.mkdir(parents=True, exist_ok=True)
        names = [name for size in sizes for name in _draw_all(args.out, size, looks, args.only)]
        if not names:
            raise LabError(f"--only {args.only}: no scene has that in its name")
        write_atomically(args.out / "index.txt", "".join(f"{name}\n" for name in names).encode())
    except (OSError, WindowError) as error:
        why = getattr(error, "strerror", None) or error
        raise LabError(
            f"--out {args.out}: cannot draw there ({why}): name another folder"
        ) from None
    print(f"{args.out}: {len(names)} pictures, named in index.txt")
    return 0


def _draw_all(out: Path, size_px: tuple[int, int], looks: Sequence[Look], only: str) -> list[str]:
    """Draw all scenes of that size; the names of their files, below `out`."""
    names = []
    folder = out / f"{size_px[0]}x{size_px[1]}"
    folder.mkdir(exist_ok=True)
    with Window(size_px, headless=True) as window:
        picture = folder / "a-picture.png"
        _draw_a_picture(picture)
        for scene in scenes(size_px, picture):
            if only not in scene.name:
                continue
            for look in looks:
                name = f"{folder.name}/{scene.name}_{look.theme}.png"
                _draw_one(window, scene, look)
                window.save(out / name)
                names.append(name)
        picture.unlink()
    return names


def _draw_one(window: Window, scene: Scene, look: Look) -> None:
    window.draw(lambda canvas: draw(canvas, scene.view, look_for(scene, look)))


def _draw_a_picture(path: Path) -> None:
    """Something to look at in place of a dot: a flower."""
    canvas = Canvas(pygame.Surface((200, 200), pygame.SRCALPHA))
    for centre in ((100, 50), (150, 100), (100, 150), (50, 100)):
        canvas.disc(centre, 48, (240, 150, 180))
    canvas.disc((100, 100), 40, (250, 220, 110))
    pygame.image.save(canvas.surface, path)


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        raise LabError(f"--sizes {text}: write them like {SIZES}")
    size = int(width), int(height)
    if not all(1 <= length <= LARGEST_PX for length in size):
        raise LabError(f"--sizes {text}: from 1 to {LARGEST_PX} pixels")
    return size
