#!/usr/bin/env python3
"""Runs a program on a terminal of its own and draws what it showed as an animated SVG.

Usage: recording.py FILE.svg PROGRAM [ARGUMENT ...]
"""

import fcntl
import os
import pty
import re
import struct
import sys
import termios
import time
from xml.sax.saxutils import escape

COLUMNS = 116
# Of a column and a line, in pixels.
WIDTH, HEIGHT, MARGIN = 8.4, 20, 16
COLOURS = {"31": "#ff7b72", "32": "#7ee787", "33": "#e3b341"}
# Browsers make one of several spaces.
NO_BREAK = "\u00a0"
# Seconds for which the last picture stands.
REST = 4
# Pictures that follow each other faster are left out.
SHORTEST = 0.15


class Screen:
    """As much of a terminal as pinglink makes use of: lines of (character, colour)."""

    def __init__(self):
        self.lines, self.row, self.column, self.colour = [[]], 0, 0, None

    def write(self, text):
        for piece in re.findall(r"\x1b\[[?0-9;]*[A-Za-z]|.", text, re.DOTALL):
            if piece == "\r":
                self.column = 0
            elif piece == "\n":
                self.row += 1
                if self.row == len(self.lines):
                    self.lines.append([])
            elif piece.startswith("\x1b"):
                self.obey(piece[2:])
            else:
                line = self.lines[self.row]
                line += [(" ", None)] * (self.column + 1 - len(line))
                line[self.column] = (piece, self.colour)
                self.column += 1

    def obey(self, sequence):
        if sequence == "J":
            del self.lines[self.row][self.column:]
            del self.lines[self.row + 1:]
        elif sequence.endswith("m"):
            self.colour = COLOURS.get(sequence[:-1])
        elif sequence not in ("?7l", "?7h"):
            sys.exit(f"recording.py: unknown control sequence {sequence}")

    def picture(self):
        return tuple(tuple(line) for line in self.lines)


def record(arguments):
    """The pictures with the seconds from the start, and the length in seconds."""
    child, terminal = pty.fork()
    if child == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, COLUMNS, 0, 0))
        os.environ["TERM"] = "xterm-256color"
        os.execvp(arguments[0], arguments)
    screen, start, pictures = Screen(), time.monotonic(), []
    screen.write("$ " + " ".join(arguments) + "\r\n")
    pending = b""
    while True:
        pictures.append((time.monotonic() - start, screen.picture()))
        try:
            data = os.read(terminal, 65536)
        except OSError:
            break
        if not data:
            break
        # A sequence or a character may be cut.
        whole = re.fullmatch(rb"(.*?)(\x1b[^A-Za-z]*|[\xc0-\xff][\x80-\xbf]{0,2})?", pending + data, re.DOTALL)
        pending = whole[2] or b""
        screen.write(whole[1].decode())
    os.waitpid(child, 0)
    return thinned(pictures), time.monotonic() - start + REST


def thinned(pictures):
    """The last of those that follow each other at once."""
    return [pictures[index] for index in range(len(pictures))
            if index + 1 == len(pictures) or pictures[index + 1][0] - pictures[index][0] >= SHORTEST]


def spans(pictures, length):
    """Each line with its row, and when it begins and ends to stand there."""
    open_lines, done = {}, []
    for at, picture in [*pictures, (length, ())]:
        for row in set(open_lines) | set(range(len(picture))):
            line = picture[row] if row < len(picture) else ()
            if row in open_lines and open_lines[row][0] != line:
                old, since = open_lines.pop(row)
                done.append((row, old, since, at))
            if line and row not in open_lines:
                open_lines[row] = (line, at)
    return done


def drawn(row, line):
    """One text element for each run of a colour."""
    y, column, out = MARGIN + 14 + row * HEIGHT, 0, []
    while column < len(line):
        end = column
        while end < len(line) and line[end][1] == line[column][1]:
            end += 1
        text = "".join(character for character, _ in line[column:end])
        if text.strip():
            colour = f' fill="{line[column][1]}"' if line[column][1] else ""
            x, width = MARGIN + column * WIDTH, (end - column) * WIDTH
            out.append(f'<text x="{x:.1f}" y="{y}" textLength="{width:.1f}" lengthAdjust="spacingAndGlyphs"{colour}>'
                       f"{escape(text).replace(' ', NO_BREAK)}</text>")
        column = end
    return "".join(out)


def animated(row, line, since, until, length):
    """What does not stand there all the time is shown for its time only; a viewer that does not move shows the end."""
    body = drawn(row, line)
    if since == 0 and until == length:
        return body
    last = until == length
    times = [0, since, until] if not last else [0, since]
    values = ["hidden", "visible", "hidden"] if not last else ["hidden", "visible"]
    if since == 0:
        times, values = times[1:], values[1:]
    keys = ";".join(f"{time / length:.4f}".rstrip("0").rstrip(".") for time in times)
    return (f'<g visibility="{"visible" if last else "hidden"}"><animate attributeName="visibility" dur="{length:.1f}s" '
            f'repeatCount="indefinite" calcMode="discrete" values="{";".join(values)}" keyTimes="{keys}"/>{body}</g>')


def main():
    pictures, length = record(sys.argv[2:])
    pictures[0] = (0, pictures[0][1])
    width = MARGIN * 2 + COLUMNS * WIDTH
    height = MARGIN * 2 + max(len(picture) for _, picture in pictures) * HEIGHT
    lines = [animated(row, line, since, until, length) for row, line, since, until in spans(pictures, length)]
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        file.write(
            f'<svg xmlns="http://www.w3.org/2000/svg" width="100%" viewBox="0 0 {width:.0f} {height}" role="img" '
            'aria-label="An import on a terminal, with its live line">\n'
            f'<rect width="{width:.0f}" height="{height}" rx="8" fill="#0d1117"/>\n'
            '<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,DejaVu Sans Mono,monospace" font-size="14" '
            'fill="#e6edf3">\n' + "\n".join(lines) + "\n</g></svg>\n"
        )


main()
