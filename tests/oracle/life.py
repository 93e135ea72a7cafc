"""A life: a random project, random steps, and after each command of the program what the oracle holds against it."""

from collections import Counter

import psycopg2

import judge
from project import Project
from steps import story


class Violation(Exception):
    """The program said that all is well, and it is not; or it has lost or doubled something by itself."""


class Life:
    def __init__(self, rng, broker, program, server, connect, say):
        self.rng, self.broker, self.say = rng, broker, say
        self.project = Project(rng, broker, program, server, connect)
        self.kill = rng.choice((0, 0, 0.3))  # how likely a command is killed, and then run again
        self.below = set()    # ids that came below what was copied already: no backfill promises to see them
        self.anew = False     # the topic is not the one that was copied to, or the database not the one that was copied from
        self.updated = set()  # markers whose rows were changed or deleted
        self.kept = None      # rows when the table was retired
        self.inherited = False

    def close(self):
        self.project.close()

    def records(self):
        return self.broker.read(self.project.topic)

    def forget(self, row_id):
        """Somebody changes or deletes this row: it need not be as it was."""
        row = dict(self.project.rows()).get(row_id)
        if row is not None:
            self.updated.add(row["s"])
        if self.kept is not None:
            self.kept.pop(row_id, None)

    def some_id(self):
        rows = self.project.rows()
        return self.rng.choice(rows)[0] if rows else 1

    def live(self):
        for step in story(self.rng):
            self.say(f"  {step.__name__}")
            try:
                step(self)
            except psycopg2.Error as error:  # the fence holds, say
                self.say(f"    refused: {str(error).splitlines()[0]}")

    # The program, and what it may not do.

    def run(self, *words, kill_after=None):
        before = judge.counts(self.records())
        was_retired = self.project.schema() == "old"
        ended = self.project.run(*words, kill_after=kill_after)
        self.say(f"    {'killed' if ended.status == -9 else ended.status}")
        if ended.status is None:
            raise Violation(f"it hangs\n{ended.words}")
        if ended.status == 70 or (ended.status < 0 and ended.status != -9):
            raise Violation(f"it crashed\n{ended.words}")
        records = self.records()
        after = judge.counts(records)
        doubled = [row_id for row_id, times in after.items() if times > 1 and times > before[row_id]]
        if doubled:
            raise Violation(f"it has doubled the events of {doubled[:5]} by itself\n{ended.words}")
        if "--repair" in words:
            self.project.repaired |= {row_id for row_id in after if before[row_id] == 0}
        rows = self.project.rows()
        times = Counter(row["s"] for _, row in rows if row["s"] in self.project.applications)
        again = [marker for marker, number in times.items() if number > 1]
        if again and not self.inherited:
            raise Violation(f"event {again[0]} of the application is {times[again[0]]} rows\n{ended.words}")
        if ended.status == 0:
            self.judge(ended, records, rows, was_retired)

    def judge(self, ended, records, rows, was_retired):
        words, wrong = ended.command, judge.faults(self.project, records)
        retired = self.project.schema() == "old"
        compared = "compare ev" in ended.out + ended.err
        if words.startswith("events reconcile") and wrong:
            raise Violation(f"'equal', but {judge.shown(wrong)}\n{ended.words}")
        if words.startswith("deploy") and (compared or retired):
            told = wrong if compared or not was_retired else self.countable(wrong, "missing")
            if told:
                raise Violation(f"the table is {'retired' if retired else 'sealed'}, but {judge.shown(told)}\n{ended.words}")
        if words.startswith("verify") and retired:
            told = wrong if "--deep" in words else self.countable(wrong, "missing", "duplicate", "extra")
            if told:
                raise Violation(f"verified, but {judge.shown(told)}\n{ended.words}")
        if words.startswith("events backfill") and self.anew:
            lost = [fault for fault in wrong if fault[0] == "missing" and fault[1] not in self.below]
            if lost:
                raise Violation(f"all is copied, but {judge.shown(lost)}\n{ended.words}")
        if words.startswith("deploy") and retired and self.kept is None:
            self.kept = dict(rows)
        if words.startswith("rollback") and "--until" not in words:
            self.judge_rollback(ended, rows)

    @staticmethod
    def countable(wrong, *kinds):
        """Of what is wrong, what must be seen without a comparison of contents: by counts and by the offsets of the topic."""
        return [fault for fault in wrong if fault[0] in kinds]

    def judge_rollback(self, ended, rows):
        """Each event of the application is a row or a dead letter; and each row of before is as it was."""
        there = {row["s"] for _, row in rows}
        letters = []
        if self.project.sql("select to_regclass('mykartctl.dead_letter')")[0][0]:
            letters = [bytes(value or b"") for value, in self.project.sql("select value from mykartctl.dead_letter")]
        for marker in self.project.applications:
            if marker in self.updated or marker in there or any(marker.encode() in letter for letter in letters):
                continue
            raise Violation(f"event {marker} of the application is neither a row nor a dead letter\n{ended.words}")
        for _, row in rows:
            if row["s"] in self.project.applications and row["s"] not in self.updated and not self.project.is_event(row):
                raise Violation(f"event {row['s']} of the application is a row that says otherwise\n{ended.words}")
        if self.kept is not None:
            now = dict(rows)
            lost = [row_id for row_id, row in self.kept.items() if now.get(row_id) != row]
            if lost:
                raise Violation(f"rows {lost[:5]} are not as they were when they were retired\n{ended.words}")
            self.kept = None
