"""What a life does: each step is a function of it, with a weight. Those of the program are judged; those of the attacker are not."""

import threading
import time

import forms
from judge import BY_APPLICATION, row_of
from kafka_side import Record, moved
from project import now_ms, unique

# What anybody does with the tables.


def insert_rows(life):
    life.project.insert(life.rng.randint(1, 40))


def insert_below(life):
    """A row whose id lies below those that are there: restored from a backup, or given by hand."""
    rows = life.project.rows()
    if not rows:
        return insert_rows(life)
    ids = {row_id for row_id, _ in rows}
    free = [i for i in range(-3, max(ids)) if i not in ids]
    if free:
        row_id = life.rng.choice(free)
        life.below.add(row_id)
        life.project.insert(1, id=str(row_id))


def delete_rows(life):
    rows = life.project.rows()
    if rows:
        life.forget(row_id := life.rng.choice(rows)[0])
        life.project.sql(f"delete from {life.project.schema()}.ev where id = %s", [row_id])


def update_row(life):
    """One that has been there, or has become one of an event."""
    rows = life.project.rows()
    if not rows:
        return
    row_id, row = life.rng.choice(rows)
    life.forget(row_id)
    life.project.sql(f"update {life.project.schema()}.ev set n = coalesce(n, 0) # 1 where id = %s", [row_id])


def begin_ids_again(life):
    """The last rows go, and the sequence is set back: new rows get their ids."""
    rows = life.project.rows()
    if len(rows) < 4 or life.project.schema() != "public":
        return
    kept = rows[-life.rng.randint(2, min(8, len(rows) - 1))][0]
    for row_id, _ in rows:
        if row_id > kept:
            life.forget(row_id)
            life.below.add(row_id)
    life.project.sql("delete from public.ev where id > %s", [kept])
    life.project.sql("select setval(pg_get_serial_sequence('public.ev', 'id'), greatest(1, %s))", [kept])
    life.project.insert(life.rng.randint(1, 5))


def truncate(life):
    for row_id, _ in life.project.rows():
        life.forget(row_id)
        life.below.add(row_id)
    life.project.sql(f"truncate {life.project.schema()}.ev restart identity")
    life.project.insert(life.rng.randint(0, 5))


def inherit(life):
    """A child with rows of its own, and one that has the id of a row of the parent."""
    if life.project.schema() != "public" or life.project.sql("select 1 from pg_inherits limit 1"):
        return
    life.inherited = True
    life.project.sql("create table public.kid () inherits (public.ev)")
    rows = life.project.rows()
    if rows and life.rng.random() < 0.7:
        life.below.add(row_id := life.rng.choice(rows)[0])
        life.project.sql("insert into public.kid select * from only public.ev where id = %s", [row_id])


def rename_database(life):
    """As a dump that was restored elsewhere: the same rows, another name."""
    name = life.project.name + "b"
    life.project.system(f"alter database {life.project.name} rename to {name}")
    life.project.name = name
    life.anew = True
    life.project.write_files()


def forget_journal(life):
    life.project.sql("drop schema if exists mykartctl cascade")


def set_sequence_behind(life):
    """A restored table, ids that were given by hand: the sequence's next ids are taken."""
    life.project.sql(f"select setval(pg_get_serial_sequence('{life.project.schema()}.ev', 'id'), 1, false)")


def meddle(life):
    """A trigger that takes rows away, changes them, or raises for some."""
    if life.project.schema() != "public":
        return
    what = life.rng.choice(("return null", "new.n := new.n + 1; return new", "raise exception 'no'"))
    life.say(f"    {what}")
    life.project.sql("create or replace function public.meddle() returns trigger language plpgsql as $$ begin if new.s like 'app-%' then "
                     f"{what}; end if; return new; end $$")
    life.project.sql("drop trigger if exists meddle on public.ev")
    life.project.sql("create trigger meddle before insert on public.ev for each row execute function public.meddle()")


def writer_beside(life):
    """A transaction that has taken its ids before a backfill begins, and commits while it runs; others come and commit meanwhile."""
    if life.project.schema() != "public":
        return
    slow = life.project.connect()
    try:
        with slow.cursor() as cursor:
            cursor.execute("insert into public.ev (n, ts, s) select 1, '2026-01-01', 'slow' from generate_series(1, 3)")
        life.project.insert(life.rng.randint(1, 5))

        def meanwhile():
            time.sleep(life.rng.uniform(0.1, 0.8))
            slow.commit()

        thread = threading.Thread(target=meanwhile)
        thread.start()
        try:
            life.run("events", "backfill", "--yes")
        finally:
            thread.join()
    finally:
        slow.close()


# What anybody does with the topic.


def application_writes(life):
    """Events as the shop writes them; each has a marker by which it is found again."""
    project, events = life.project, []
    if not project.partitions_now():
        return
    for _ in range(life.rng.randint(1, 8)):
        marker = unique(life.rng)
        n, text = life.rng.randint(0, 5), f"2026-01-{life.rng.randint(1, 28):02d} 10:00:00.{life.rng.randint(0, 999):03d}"
        members = f'"n":{n},"ts":{forms.iso_time(text, 3)},"s":"{marker}"'
        more = life.rng.choice(("", "", ',"event_id":"app-1"', ',"other":18446744073709551617', ',"other":1e400', ',"n":%d' % n,
                                f',"event_id":"pg:ev:{life.some_id()}"', ',"event_id":"pg:ev:987654321"'))
        # (a time of whole milliseconds, as PostgreSQL prints it)
        project.applications[marker] = {"n": str(n), "ts": text.rstrip("0").rstrip(".")}
        key = "".join(part if i % 2 == 0 else {"n": str(n), "s": marker}[part] for i, part in enumerate(project.key))
        events.append(Record(-1, 0, now_ms(), key.encode(), ("{" + members + more + "}").encode(), (BY_APPLICATION,)))
    life.broker.write(project.topic, events)


def forge(life):
    """A true event again, or one changed, or one of a row that never was, or one that claims to be a repair's."""
    records = [record for record in life.records() if row_of(record) is not None]
    if not records:
        return
    record = life.rng.choice(records)
    how = life.rng.choice(("again", "changed", "nobody's", "repair"))
    value, headers = record.value, ()
    if how == "changed":
        value = value.replace(b'"n":', b'"n": ', 1)
    if how == "nobody's":
        value = value[: value.rindex(b":") + 1] + b'777777"}'
    if how == "repair":
        headers = (("mykartctl-repair", b"2026-01-01T00:00:00.000Z"),)
    life.say(f"    {how}: {value[-30:]!r}")
    life.broker.write(life.project.topic, [moved(record, value=value, headers=headers)])


ALTERATIONS = ("lost", "altered", "time", "key", "null key", "partition", "swapped", "twice")


def rewrite(life, how=None):
    """The topic made anew with the same records, but for one: what a restored or mirrored topic may look like."""
    records = life.records()
    how = how or life.rng.choice(("same", *ALTERATIONS))
    mine = [i for i, record in enumerate(records) if row_of(record) is not None]
    if mine:
        i = life.rng.choice(mine)
        record = records[i]
        if how == "lost":
            del records[i]
        if how == "altered":
            records[i] = moved(record, value=record.value.replace(b'"', b' "', 1))
        if how == "time":
            records[i] = moved(record, time_ms=record.time_ms + 1)
        if how == "key":
            records[i] = moved(record, key=(record.key or b"") + b"x")
        if how == "null key":
            records[i] = moved(record, key=None)
        if how == "partition":
            records[i] = moved(record, partition=(record.partition + 1) % life.project.partitions)
        if how == "swapped":
            others = [j for j in mine if records[j].key == record.key and records[j].partition == record.partition and j != i]
            if others:
                j = life.rng.choice(others)
                header = (("mykartctl-repair", b"2026-01-01T00:00:00.000Z"),) if life.rng.random() < 0.5 else ()
                records[i], records[j] = moved(records[j], headers=header), moved(record, headers=header)
        if how == "twice":
            records.append(record)
    life.say(f"    {how}")
    remove_topic(life)
    life.broker.create(life.project.topic, life.project.partitions)
    life.broker.write(life.project.topic, records)
    life.anew = True


def remove_topic(life):
    if life.project.partitions_now():
        life.broker.delete(life.project.topic)
        life.project.repaired.clear()
        life.anew = True


def make_topic_anew(life):
    remove_topic(life)
    life.broker.create(life.project.topic, life.project.partitions)


def remove_records(life):
    """As retention does, or kafka-delete-records: all of a partition, or the first of it."""
    partitions = life.project.partitions_now()
    if not partitions:
        return
    partition = life.rng.randrange(partitions)
    mine = [record.offset for record in life.records() if record.partition == partition]
    life.broker.delete_records(life.project.topic, {partition: life.rng.choice(mine) if mine and life.rng.random() < 0.5 else -1})


def add_partitions(life):
    """Keys lie elsewhere from now on."""
    if life.project.partitions_now():
        life.project.partitions += 1
        life.broker.add_partitions(life.project.topic, life.project.partitions)


def forget_checkpoint(life):
    """The records of this table's progress are deleted, or never came into the mirror."""
    keys = {record.key for record in life.broker.read("mykartctl.checkpoints") if record.key and life.project.name.encode() in record.key}
    life.broker.write("mykartctl.checkpoints", [Record(0, 0, now_ms(), key, None) for key in keys])
    life.anew = life.anew or bool(keys)


def expire_by_size(life):
    """What would remove records in a while, set by somebody's hand."""
    if life.project.partitions_now():
        life.broker.configure(life.project.topic, retention_ms="-1", **life.rng.choice(({"cleanup_policy": "compact"},
                                                                                       {"retention_bytes": "1"})))


# The program. Each may be killed at a random moment; the same command is then run again.


def program(*words):
    def step(life):
        if life.rng.random() < life.kill:
            life.run(*words, kill_after=life.rng.uniform(0.02, 1.5))
        life.run(*words)

    step.__name__ = " ".join(words)
    return step


BACKFILL = program("events", "backfill", "--yes")
RECONCILE = program("events", "reconcile")
REPAIR = program("events", "reconcile", "--repair", "--yes")
VERIFY = program("verify")
DEEP = program("verify", "--deep")
UNTIL_RECONCILE = program("deploy", "--until", "reconcile", "--yes", "--writers-gone")
DEPLOY = program("deploy", "--yes", "--writers-gone")
RESTORE = program("rollback", "--until", "restore", "--yes")
ROLLBACK = program("rollback", "--yes", "--writers-gone")

PROGRAM = [(8, BACKFILL), (6, RECONCILE), (3, REPAIR), (4, VERIFY), (1, DEEP),
           (2, writer_beside), (3, UNTIL_RECONCILE), (8, DEPLOY), (2, RESTORE), (6, ROLLBACK)]
PEOPLE = [(8, insert_rows), (2, insert_below), (2, delete_rows), (2, update_row), (7, application_writes)]
ATTACKS = [(4, begin_ids_again), (1, truncate), (2, inherit), (2, rename_database), (1, forget_journal), (5, forge), (5, rewrite),
           (2, remove_topic), (4, make_topic_anew), (4, remove_records), (1, expire_by_size), (2, set_sequence_behind), (3, meddle),
           (1, add_partitions), (2, forget_checkpoint), (4, insert_below), (3, application_writes)]


def story(rng):
    """The steps of a life: some ordinary ones, among them a few attacks, each of which the program has a chance to miss."""
    def draw(weighted):
        return rng.choices([step for _, step in weighted], [weight for weight, _ in weighted])[0]

    steps = [insert_rows] + [draw(PROGRAM if rng.random() < 0.65 else PEOPLE) for _ in range(rng.randint(2, 9))]
    for _ in range(rng.choice((0, 1, 1, 1, 2, 3))):
        at = rng.randint(1, len(steps))
        steps[at:at] = [draw(ATTACKS)] + [draw(PROGRAM) for _ in range(rng.randint(1, 3))]
    return steps + rng.sample((RECONCILE, DEPLOY, VERIFY, ROLLBACK), 3)
