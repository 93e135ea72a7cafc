"""The oracle's own comparison: what is wrong with a topic, whatever the program says of it."""

from collections import Counter, defaultdict

import forms

BY_APPLICATION = ("by", b"application")  # a header of the oracle's own on what it writes as the application would


def is_applications(record):
    return BY_APPLICATION in record.headers


def row_of(record):
    """The id of the row whose event this is, or says that it is; None for what the application wrote."""
    if record.value is None or is_applications(record):
        return None
    return forms.source_of(record.value, "ev")


def counts(records):
    """How many events each row has."""
    return Counter(row_id for record in records if (row_id := row_of(record)) is not None)


def faults(project, records):
    """[(kind, id)]. A row that has become one of an application's event needs none of its own while it is what that event says."""
    wrong, rows = [], project.rows()
    events, written = defaultdict(list), set()
    for record in records:
        row_id = row_of(record)
        if row_id is not None:
            events[row_id].append(record)
        elif is_applications(record):
            written.update(marker for marker in project.applications if marker.encode() in record.value)
    ids = Counter(row_id for row_id, _ in rows)
    sequences = defaultdict(list)
    for row_id, row in rows:
        of_application = row["s"] in written and project.is_event(row)
        found = events.get(row_id, [])
        if ids[row_id] > 1 or (not found and not of_application):
            wrong.append(("missing", row_id))  # an event belongs to one row: of two with one id one has none
            continue
        if of_application and found:
            wrong.append(("duplicate", row_id))
        wrong += [("duplicate", row_id)] * (len(found) - 1)
        if not found:
            continue
        key, value, time_ms, partition = project.event_of(row_id, row)
        first = found[0]
        if first.key != key or first.value != value or time_ms not in (None, first.time_ms):
            wrong.append(("altered", row_id))
        if first.partition != partition:
            wrong.append(("misplaced", row_id))
        if row_id not in project.repaired:
            sequences[first.partition, first.key].append((first.offset, row_id))
    for sequence in sequences.values():
        in_order = [row_id for _, row_id in sorted(sequence)]
        wrong += [("misplaced", after) for before, after in zip(in_order, in_order[1:]) if after < before]
    return wrong + [("extra", row_id) for row_id in events if not ids[row_id]]


def shown(wrong):
    some = ", ".join(f"{kind} {row_id}" for kind, row_id in wrong[:8])
    return f"{dict(Counter(kind for kind, _ in wrong))}: {some}" if wrong else "nothing is wrong"
