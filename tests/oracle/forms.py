"""What an event of a row looks like, by the promise of topics.yaml alone: JSON as JSON.stringify writes it, and the partition that Java's
default partitioner gives a key. Written anew, so that it can judge the program: nothing here is taken from it."""

import json
import re
from datetime import datetime, timezone

EXACT = 1 << 53  # JavaScript holds integers up to here


def murmur2(data: bytes) -> int:
    """org.apache.kafka.common.utils.Utils.murmur2, as an unsigned number of 32 bits."""
    m, mask = 0x5BD1E995, 0xFFFFFFFF
    h = (0x9747B28C ^ len(data)) & mask
    whole = len(data) & ~3
    for i in range(0, whole, 4):
        k = int.from_bytes(data[i : i + 4], "little")
        k = (k * m) & mask
        k ^= k >> 24
        k = (k * m) & mask
        h = ((h * m) & mask) ^ k
    tail = data[whole:]
    if tail:
        h ^= int.from_bytes(tail, "little")
        h = (h * m) & mask
    h ^= h >> 13
    h = (h * m) & mask
    return h ^ (h >> 15)


def partition_of(key: bytes, partitions: int) -> int:
    return (murmur2(key) & 0x7FFFFFFF) % partitions


def quote(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def whole_number(text: str) -> str:
    return text if abs(int(text)) <= EXACT else quote(text)


def js_number(text: str) -> str:
    """Number.prototype.toString of the double that the text is nearest to."""
    value = float(text)
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    mantissa, _, exponent = repr(abs(value)).partition("e")
    before, _, after = mantissa.partition(".")
    digits = (before + after).lstrip("0")
    point = len(before) + int(exponent or 0) - (len(before + after) - len((before + after).lstrip("0")))
    digits = digits.rstrip("0") or "0"
    count = len(digits)
    if count <= point <= 21:
        return sign + digits + "0" * (point - count)
    if 0 < point <= 21:
        return sign + digits[:point] + "." + digits[point:]
    if -6 < point <= 0:
        return sign + "0." + "0" * -point + digits
    shown = point - 1
    rest = "." + digits[1:] if count > 1 else ""
    return f"{sign}{digits[0]}{rest}e{'+' if shown >= 0 else '-'}{abs(shown)}"


def compact(text: str) -> str:
    """JSON without the white space between its tokens; everything else as it was written."""
    return "".join(re.findall(r'"(?:\\.|[^"\\])*"|[^\s"]+', text))


def microseconds(text: str) -> int:
    """Since 1970, of "2024-01-02 03:04:05.678" or with "+00": the session's times are UTC."""
    text = text.removesuffix("+00")
    moment = datetime.fromisoformat(text).replace(tzinfo=timezone.utc)
    since = moment - datetime(1970, 1, 1, tzinfo=timezone.utc)
    return (since.days * 86400 + since.seconds) * 1_000_000 + since.microseconds


def iso_time(text: str, digits: int) -> str:
    us = microseconds(text)
    seconds, fraction = divmod(us, 1_000_000)
    moment = datetime.fromtimestamp(seconds, timezone.utc)
    part = f"{fraction:06d}"[:digits]
    return quote(f"{moment.year:04d}-{moment:%m-%dT%H:%M:%S}.{part}Z")


def elements(text: str) -> list:
    """Of a one-dimensional array as PostgreSQL prints it."""
    found, at = [], 1
    while at < len(text) - 1:
        if text[at] == '"':
            end, word = at + 1, ""
            while text[end] != '"':
                end += text[end] == "\\"
                word += text[end]
                end += 1
            found.append(word)
            at = end + 2
        else:
            word = re.match(r"[^,}]*", text[at:]).group()
            found.append(None if word == "NULL" else word)
            at += len(word) + 1
    return found


def value(kind: str, text, digits: int) -> str:
    """The JSON of a column's text."""
    if text is None:
        return "null"
    if kind.endswith("[]"):
        return "[" + ",".join(value(kind[:-2], one, digits) for one in elements(text)) + "]"
    if kind in ("smallint", "integer", "bigint"):
        return whole_number(text)
    if kind in ("real", "double precision"):
        return js_number(text)
    if kind == "boolean":
        return "true" if text in ("t", "true") else "false"
    if kind in ("json", "jsonb"):
        return compact(text)
    if kind in ("timestamp", "timestamptz"):
        return iso_time(text, digits)
    return quote(text)  # text, varchar, numeric, uuid, date


def key_part(kind: str, text, digits: int) -> str:
    if text is not None and kind in ("text", "varchar(40)"):
        return text
    written = value(kind, text, digits)
    return json.loads(written) if written.startswith('"') else written


def source_of(raw, table: str):
    """The id of the row that an event says it comes from: JSON.parse(raw).event_id, of members with one name the last; else None."""
    try:
        parsed = json.loads(raw.decode("utf-8"))
        found = re.fullmatch(r"pg:" + re.escape(table) + r":(-?\d+)", parsed.get("event_id")) if isinstance(parsed, dict) else None
    except (ValueError, TypeError, RecursionError, AttributeError):
        return None
    return int(found.group(1)) if found else None


def check():
    """The oracle's own forms against what Kafka's and JavaScript's documents give as examples."""
    for text, wanted in (("21", -973932308), ("foobar", -790332482), ("a-little-bit-long-string", -985981536)):
        assert murmur2(text.encode()) == wanted & 0xFFFFFFFF, text
    for text, wanted in (("1e21", "1e+21"), ("123456789012345680000", "123456789012345680000"), ("0.000001", "0.000001"), ("1e-7", "1e-7"),
                         ("-0.5", "-0.5"), ("1.50", "1.5"), ("5e-324", "5e-324"), ("100", "100"), ("-0", "0"), ("12345.678e3", "12345678")):
        assert js_number(text) == wanted, (text, js_number(text))
    assert elements('{1,NULL,"a \\"b\\"",""}') == ["1", None, 'a "b"', ""]
    assert source_of(b'{"event_id":"pg:ev:5","event_id":"own"}', "ev") is None
    assert source_of(b'{"event_id":"pg:ev:-5"}', "ev") == -5
