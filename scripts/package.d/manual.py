#!/usr/bin/env python3
"""Writes a man page for a program and for each of its commands, from what the program says of itself.

Usage: PROGRAM --experimental-dump-help | manual.py VERSION DATE FOLDER
"""

import itertools
import json
import re
import sys

# Headings in the help of a command, and the sections after its options that they are on its page, in their order there.
LAST = {"EXIT CODES": "EXIT STATUS", "FILES": "FILES", "EXAMPLES": "EXAMPLES"}


def escaped(text):
    """Text as roff takes it literally; every hyphen is one that can be copied."""
    return text.replace("\\", "\\e").replace("-", "\\-")


def lines(text):
    """Lines that roff does not take for requests."""
    return ["\\&" + line if line[:1] in (".", "'") else line for line in escaped(text).split("\n")]


def paragraphs(text):
    """Flowing text, but for lines that are indented: examples and tables stay as they are."""
    out = []
    for block in re.split(r"\n\s*\n", text.strip("\n")):
        out.append(".PP")
        for indented, piece in itertools.groupby(block.split("\n"), key=lambda line: line.startswith("  ")):
            if indented:
                out += [".RS 2", ".nf", *lines("\n".join(line[2:] for line in piece)), ".fi", ".RE"]
            else:
                out += lines("\n".join(piece))
    return out


def sections(discussion):
    """The text before the first heading, and the headings with theirs: a heading is a line of capitals and a colon."""
    first, *rest = re.split(r"(?m)^([A-Z][A-Z ]*):$", discussion)
    return first, dict(zip(rest[::2], rest[1::2]))


def spelled(argument):
    """An option with its names, or an argument, as a paragraph's tag."""
    value = f"\\fI{escaped(argument.get('valueName', ''))}\\fR"
    if argument["kind"] == "positional":
        return value
    names = sorted(argument["names"], key=lambda name: name["kind"] != "short")
    text = ", ".join(f"\\fB{escaped(('--' if n['kind'] == 'long' else '-') + n['name'])}\\fR" for n in names)
    return text if argument["kind"] == "flag" else f"{text} {value}"


def commands(command):
    return [c for c in command.get("subcommands", []) if c["shouldDisplay"] and c["commandName"] != "help"]


def synopsis(name, command):
    positional = [a for a in command.get("arguments", []) if a["kind"] == "positional"]
    words = [f"\\fB{escaped(name)}\\fR"]
    words += ["\\fICOMMAND\\fR ..."] if commands(command) else ["[\\fIOPTION\\fR]..."]
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
    subcommands = commands(command)
    out = [f'.TH {escaped(page.upper())} 1 {date} "{program} {version}" "User Commands"']
    out += [".SH NAME", f"{escaped(page)} \\- {escaped(command['abstract'].rstrip('.'))}"]
    out += [".SH SYNOPSIS", synopsis(name, command)]
    description, others = sections(command.get("discussion", ""))
    last = {LAST[title]: others.pop(title) for title in LAST if title in others}
    out += [".SH DESCRIPTION", *lines(command["abstract"])]
    if description.strip():
        out += paragraphs(description)
    for title, text in others.items():
        out += [f".SS {title}", *paragraphs(text)]
    if subcommands:
        out += [".SH COMMANDS"]
        for each in subcommands:
            out += [".TP", f"\\fB{escaped(each['commandName'])}\\fR", *lines(each["abstract"])]
    out += [".SH OPTIONS", *options(command)]
    for title, text in last.items():
        out += [f".SH {title}", *paragraphs(text)]
    others = (["-".join(above)] if above else []) + [f"{page}-{each['commandName']}" for each in subcommands]
    if others:
        out += [".SH SEE ALSO", ",\n".join(f"\\fB{escaped(other)}\\fR(1)" for other in others)]
    with open(f"{folder}/{page}.1", "w", encoding="utf-8") as file:
        file.write("\n".join(out) + "\n")
    for each in subcommands:
        write(each, words, version, date, folder)


write(json.load(sys.stdin)["command"], [], *sys.argv[1:4])
