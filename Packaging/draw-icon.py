#!/usr/bin/env python3
"""Draws icon.png, the icon of the packages: a call and its reply between two sides. Needs nothing but Python.

    python3 Packaging/draw-icon.py
"""
import os
import struct
import zlib

SIZE = 128
SAMPLES = 4  # per pixel and axis

TOP = (0x5B, 0x4B, 0xD6)
BOTTOM = (0x2A, 0x7F, 0xC9)
CALL = (0xFF, 0xFF, 0xFF)
REPLY = (0xA9, 0xE8, 0xFF)


def in_rounded_square(x, y, margin=4.0, radius=26.0):
    low, high = margin + radius, SIZE - margin - radius
    dx = max(low - x, 0.0, x - high)
    dy = max(low - y, 0.0, y - high)
    return dx * dx + dy * dy <= radius * radius


def in_arrow(x, y, tail, tip, center):
    """A horizontal arrow: a shaft with a round tail, and a triangle of 45 degrees."""
    direction = 1.0 if tip > tail else -1.0
    along, across = (x - tail) * direction, abs(y - center)
    length = abs(tip - tail)
    head, half = 22.0, 6.5
    if along < 0:
        return along * along + across * across <= half * half
    if along <= length - head:
        return across <= half
    return along <= length and across <= length - along


def color_at(x, y):
    if not in_rounded_square(x, y):
        return (0, 0, 0, 0)
    if in_arrow(x, y, 30.0, 104.0, 46.0):
        return CALL + (255,)
    if in_arrow(x, y, 98.0, 24.0, 82.0):
        return REPLY + (255,)
    part = y / SIZE
    return tuple(round(a + (b - a) * part) for a, b in zip(TOP, BOTTOM)) + (255,)


def pixel(column, row):
    total = [0, 0, 0, 0]
    for i in range(SAMPLES * SAMPLES):
        x = column + (i % SAMPLES + 0.5) / SAMPLES
        y = row + (i // SAMPLES + 0.5) / SAMPLES
        r, g, b, a = color_at(x, y)
        total[0] += r * a
        total[1] += g * a
        total[2] += b * a
        total[3] += a
    alpha = total[3]
    if alpha == 0:
        return bytes(4)
    return bytes([round(total[i] / alpha) for i in range(3)] + [round(alpha / SAMPLES ** 2)])


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


rows = b"".join(b"\0" + b"".join(pixel(column, row) for column in range(SIZE)) for row in range(SIZE))
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "icon.png"), "wb") as file:
    file.write(b"\x89PNG\r\n\x1a\n")
    file.write(chunk(b"IHDR", struct.pack(">IIBBBBB", SIZE, SIZE, 8, 6, 0, 0, 0)))
    file.write(chunk(b"IDAT", zlib.compress(rows, 9)))
    file.write(chunk(b"IEND", b""))
