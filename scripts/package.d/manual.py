#!/usr/bin/env python3
"""Writes a man page for a program and for each of its commands, from what the program says of itself.

Usage: PROGRAM --experimental-dump-help | manual.py VERSION DATE FOLDER
"""

import json
import re
import sys


def escaped(text):
    """Text as roff takes it literally; every hyphen is one that can be copied."""
    return text.replace("\\", "\\e").replace("-", "\\-")


def lines(text):
    """Lines that roff does not take for requests."""
    return ["\\&" + line if line[:1] in (".", "'") else line for line in escaped(text).split("\n")]


def paragraphs(text):
    """Flowing text, but for blocks that are indented: examples and tables stay as they are."""
    out = []
    for block in re.split(r"\n\s*\n", text.strip("\n")):
        first, *rest = (piece.strip("\n") for piece in re.split(r"(?m)(?=^  )", block, maxsplit=1))
        out.append(".PP")
        if first and not first.startswith("  "):
            out += lines(first)
            preformatted = rest[0] if rest else ""
        else:
            preformatted = "\n".join(piece for piece in [first, *rest] if piece)
        if preformatted:
            out += [".RS 2", ".nf", *lines(re.sub(r"(?m)^  ", "", preformatted)), ".fi", ".RE"]
    return out


def spelled(argument):
    """An option with its names, or an argument, as a paragraph's tag."""
    value = f"\\fI{escaped(argument.get('valueName', ''))}\\fR"
    if argument["kind"] == "positional":
        return value
    names = sorted(argument["names"], key=lambda name: name["kind"] != "short")
    text = ", ".join(f"\\fB{escaped(('--' if n['kind'] == 'long' else '-') + n['name'])}\\fR" for n in names)
    return text if argument["kind"] == "flag" else f"{text} {value}"


def synopsis(name, command):
    positional = [a for a in command.get("arguments", []) if a["kind"] == "positional"]
    words = [f"\\fB{escaped(name)}\\fR"]
    words += ["\\fICOMMAND\\fR ..."] if command.get("subcommands") else ["[\\fIOPTION\\fR]..."]
    return " ".join(words + [f"[{spelled(a)}]" if a["isOptional"] else spelled(a) for a in positional])


def options(command):
    """The arguments under the titles of their groups, those without a title first."""
    groups = {}
    for argument in command.get("arguments", []):
        if argument["shouldDisplay"]:
            groups.setdefault(argument.get("sectionTitle", ""), []).append(argument)
    out = []
    for title, arguments in sorted(groups.items(), key=lambda group: group[0] != ""):
        out += [f".SS {escaped(title)}"] if title else []
        for argument in arguments:
            out += [".TP", spelled(argument)]
            out += lines(argument.get("abstract", ""))
    return out


def write(command, above, version, date, folder):
    words = above + [command["commandName"]]
    name, page, program = " ".join(words), "-".join(words), words[0]
    subcommands = [c for c in command.get("subcommands", []) if c["shouldDisplay"] and c["commandName"] != "help"]
    out = [f'.TH {escaped(page.upper())} 1 {date} "{program} {version}" "User Commands"']
    out += [".SH NAME", f"{escaped(page)} \\- {escaped(command['abstract'].rstrip('.'))}"]
    out += [".SH SYNOPSIS", synopsis(name, command)]
    out += [".SH DESCRIPTION", *lines(command["abstract"])]
    if command.get("discussion"):
        out += paragraphs(command["discussion"])
    if subcommands:
        out += [".SH COMMANDS"]
        for each in subcommands:
            out += [".TP", f"\\fB{escaped(each['commandName'])}\\fR", *lines(each["abstract"])]
    out += [".SH OPTIONS", *options(command)]
    others = (["-".join(above)] if above else []) + [f"{page}-{each['commandName']}" for each in subcommands]
    if others:
        out += [".SH SEE ALSO", ",\n".join(f"\\fB{escaped(other)}\\fR(1)" for other in others)]
    with open(f"{folder}/{page}.1", "w", encoding="utf-8") as file:
        file.write("\n".join(out) + "\n")
    for each in subcommands:
        write(each, words, version, date, folder)


write(json.load(sys.stdin)["command"], [], *sys.argv[1:4])
