"""A project of its own for each life: a database, a topic, a random table, and the files that the program wants."""

import json
import os
import random
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from dataclasses import dataclass

import psycopg2

import forms

KINDS = ("smallint", "integer", "bigint", "real", "double precision", "boolean", "text", "varchar(40)", "numeric", "uuid", "date",
         "timestamp", "timestamptz", "json", "jsonb", "integer[]", "text[]")
WORDS = ("", "a", "é☃😀", 'quote " and \\', "tab\tline\n", "\x01\x1f\x7f", "\u2028", "null", "{not json", "  blanks  ", "pg:ev:1", ",{}")


@dataclass(frozen=True)
class Ended:
    command: str
    status: int
    out: str
    err: str

    @property
    def words(self):
        return f"$ mykartctl {self.command}\n{self.out}{self.err}(exit {self.status})"


def some_text(rng):
    return "".join(rng.choice(WORDS) for _ in range(rng.randint(0, 3)))[:40]


def some_value(rng, kind):
    """A value of a type as PostgreSQL reads it, or None."""
    if rng.random() < 0.15:
        return None
    if kind.endswith("[]"):
        return "{" + ",".join(rng.choice(("NULL", "1", "-7", "0")) for _ in range(rng.randint(0, 3))) + "}"
    day = f"{rng.randint(1970, 2025):04d}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"
    moment = f"{day} {rng.randint(0, 23):02d}:{rng.randint(0, 59):02d}:{rng.randint(0, 59):02d}.{rng.randint(0, 999999):06d}"
    return {
        "smallint": lambda: str(rng.choice((0, 1, -32768, 32767))),
        "integer": lambda: str(rng.randint(-2**31, 2**31 - 1)),
        "bigint": lambda: str(rng.choice((0, 2**53, 2**53 + 1, -2**63, 2**63 - 1, rng.randint(-10**6, 10**6)))),
        "real": lambda: str(rng.choice((0.1, 1e-7, 3.4e38, 1.5, 16777216, -2.5e-10))),
        "double precision": lambda: repr(rng.choice((0.1, 1e21, 1e-7, 123456789012345680000.0, 5e-324, rng.random(), -rng.random() * 1e9))),
        "boolean": lambda: rng.choice(("t", "f")),
        "text": lambda: some_text(rng),
        "varchar(40)": lambda: some_text(rng),
        "numeric": lambda: rng.choice(("0", "0.10", "-12345678901234567890.5", "1e-20", "NaN")),
        "uuid": lambda: str(uuid.UUID(int=rng.getrandbits(128))),
        "date": lambda: day,
        "timestamp": lambda: moment,
        "timestamptz": lambda: moment + "+00",
        "json": lambda: rng.choice(('{"a": 1,  "b": [1, 2]}', "[]", '"x y"', "1.50", '{"a":1,"a":2}', "true", "null", "18446744073709551617", "[1e400]", '"\\ud800"')),
        "jsonb": lambda: rng.choice(("null", "[123456789012345678901234567890.5]", '{"b": [1, 2], "a": 1}', "[]", '"x y"', "1.50", "true")),
    }[kind]()


class Project:
    """`ev` with an id, n and ts and s that the application's events have as well, and random columns beside them."""

    def __init__(self, rng, broker, program, server, connect):
        self.rng, self.broker, self.program, self.server, self.connect_url = rng, broker, program, server, connect
        self.applications = {}  # events that the application wrote: marker -> {column: text} of the row that each must become
        self.repaired = set()   # ids whose events a repair of the program has brought
        self.name = f"oracle_{os.getpid()}_{rng.getrandbits(40):x}"
        self.topic = f"oracle.{self.name}"
        self.partitions = rng.choice((1, 2, 3, 5))
        self.digits = rng.choice((3, 3, 6))
        self.folder = tempfile.mkdtemp(prefix="oracle-")
        self.columns = {"n": "integer", "ts": "timestamp", "s": "text"}
        for i in range(rng.randint(0, 4)):
            self.columns[f"c{i}"] = rng.choice(KINDS)
        self.generated = rng.random() < 0.1  # a column that no replay can write
        self.key = rng.choice((["k-", "n"], ["", "s"], ["", "n", ":", "s"]))  # literal, column, literal, column
        self.fields = list(self.columns)
        rng.shuffle(self.fields)
        self.system("create database " + self.name)
        columns = ", ".join(f"{name} {kind}" for name, kind in self.columns.items())
        if self.generated:
            columns += ", g integer generated always as (n % 7) stored"
            self.columns["g"] = "integer"
            self.fields.append("g")
        self.sql(f"create table public.ev (id {rng.choice(('serial', 'bigserial'))} primary key, {columns})")
        self.write_files()

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        if self.broker.partitions(self.topic):
            self.broker.delete(self.topic)
        self.system(f"drop database if exists {self.name} with (force)")

    def system(self, statement):
        connection = psycopg2.connect(f"{self.server}/postgres")
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
        connection.close()

    def connect(self):
        connection = psycopg2.connect(f"{self.server}/{self.name}", options="-c timezone=UTC -c datestyle=ISO -c extra_float_digits=1")
        return connection

    def sql(self, statement, arguments=None):
        connection = self.connect()
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(statement, arguments)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def write_files(self):
        folder = self.folder
        with open(f"{folder}/mykartctl.yaml", "w", encoding="utf-8") as out:
            out.write("default_context: t\ncontexts:\n  t: " + json.dumps(
                {"brokers": self.broker.address, "database": f"{self.server}/{self.name}", "connect_url": self.connect_url,
                 "quiet_for": "200ms"}) + "\n")
        key = "".join(part if i % 2 == 0 else "{" + part + "}" for i, part in enumerate(self.key))
        with open(f"{folder}/topics.yaml", "w", encoding="utf-8") as out:
            out.write(f"""version: 1
retired_schema: old
defaults: {{partitions: {self.partitions}, replication: 1, config: {{cleanup.policy: delete}}}}
families:
  o: {{pattern: "oracle.*", description: d, retention: -1}}
topics:
  {self.topic}:
    description: d
    owner: o
    source:
      table: public.ev
      id: id
      time: ts
      time_zone: UTC
      key: {json.dumps(key)}
      time_digits: {self.digits}
      fields: [{", ".join(self.fields)}]
""")
        os.makedirs(f"{folder}/sql/migrations", exist_ok=True)
        for name, text in {
            "deploy": "-- phase: contract\n-- run-by: deploy\ncreate schema if not exists old;\nalter table public.ev set schema old;\n",
            "revert": "alter table old.ev set schema public;\ndrop schema old;\n",
            "verify": "do $$ begin if to_regclass('old.ev') is null then raise exception 'no'; end if; end $$;\n",
        }.items():
            with open(f"{folder}/sql/migrations/0001_retire.{name}.sql", "w", encoding="utf-8") as out:
                out.write(text)

    def run(self, *words, kill_after=None, limit=90):
        """The program with these words; killed after so many seconds, or when it hangs for longer than the limit (status None)."""
        env = {k: v for k, v in os.environ.items() if not k.startswith("MYKART_")} | {"NO_COLOR": "1"}
        child = subprocess.Popen([self.program, "-C", self.folder, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, env=env)
        try:
            out, err = child.communicate(timeout=kill_after or limit)
            status = child.returncode
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGKILL)
            out, err = child.communicate()
            status = -9 if kill_after else None
        return Ended(" ".join(words), status, out.decode("utf-8", "replace"), err.decode("utf-8", "replace"))

    def is_event(self, row):
        """Whether the row is what the application's event with its marker says."""
        event = self.applications.get(row["s"])
        return event is not None and all(row[name] == text for name, text in event.items())

    def partitions_now(self):
        return self.broker.partitions(self.topic)

    # The table as it is now.

    def schema(self):
        found = self.sql("select n.nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relname = 'ev' "
                         "and c.relkind = 'r' and n.nspname in ('public', 'old')")
        return found[0][0] if found else None

    def rows(self):
        """[(id, {column: text})] of all rows, children of INHERITS included."""
        schema = self.schema()
        if schema is None:
            return []
        names = list(self.columns)
        texts = ", ".join(f'"{name}"::text' for name in names)
        return [(row[0], dict(zip(names, row[1:]))) for row in self.sql(f"select id, {texts} from {schema}.ev order by id")]

    def insert(self, count, **fixed):
        self.insert_rows([{**{c: some_value(self.rng, k) for c, k in self.columns.items() if c != "g"}, **fixed} for _ in range(count)])

    def insert_rows(self, rows):
        for row in rows:
            names = ", ".join(row)
            places = ", ".join(f"%s::{self.columns.get(name, 'bigint')}" for name in row)
            self.sql(f"insert into {self.schema()}.ev ({names}) values ({places})", list(row.values()))

    # What must be in the topic of a row.

    def event_of(self, row_id, row):
        """(key, value, time in ms or None, partition)."""
        members = [f"{forms.quote(name)}:{forms.value(self.columns[name], row[name], self.digits)}" for name in self.fields]
        members.append(f'"event_id":"pg:ev:{row_id}"')
        key = "".join(part if i % 2 == 0 else forms.key_part(self.columns[part], row[part], self.digits) for i, part in enumerate(self.key))
        time_ms = None if row["ts"] is None else max(1, forms.microseconds(row["ts"]) // 1000)
        key = key.encode()
        return key, ("{" + ",".join(members) + "}").encode(), time_ms, forms.partition_of(key, self.partitions)


def unique(rng):
    return f"app-{rng.getrandbits(48):012x}"


def now_ms():
    return int(time.time() * 1000)
