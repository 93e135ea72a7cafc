"""The broker as everybody else sees it: Confluent's client, and one request of the protocol that it has no call for."""

import socket
import struct
import time
from dataclasses import dataclass, field, replace

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, ConfigResource, NewPartitions, NewTopic


@dataclass(frozen=True)
class Record:
    partition: int
    offset: int
    time_ms: int
    key: object
    value: object
    headers: tuple = field(default=())


class Broker:
    def __init__(self, address):
        self.address = address
        self.admin = AdminClient({"bootstrap.servers": address})

    def read(self, topic):
        """All committed records, partition by partition in order; [] for a topic that is not there."""
        partitions = self.partitions(topic)
        consumer = Consumer({"bootstrap.servers": self.address, "group.id": "oracle", "isolation.level": "read_committed",
                             "enable.partition.eof": True, "enable.auto.commit": False, "fetch.wait.max.ms": 10})
        try:
            consumer.assign([TopicPartition(topic, p, OFFSET_BEGINNING) for p in range(partitions)])
            found, left, silent = [], set(range(partitions)), 0
            while left:
                message = consumer.poll(1)
                if message is None:
                    silent += 1
                    if silent > 60:
                        raise TimeoutError(f"reading {topic}")
                elif message.error() is None:
                    silent = 0
                    found.append(Record(message.partition(), message.offset(), message.timestamp()[1], message.key(), message.value(),
                                        tuple(message.headers() or ())))
                elif message.error().code() == KafkaError._PARTITION_EOF:
                    left.discard(message.partition())
            return sorted(found, key=lambda r: (r.partition, r.offset))
        finally:
            consumer.close()

    def partitions(self, topic):
        topics = self.admin.list_topics(timeout=20).topics
        return len(topics[topic].partitions) if topic in topics else 0

    def write(self, topic, records):
        """To the partition that each record names; -1: where Java's default partitioner puts its key."""
        producer = Producer({"bootstrap.servers": self.address, "partitioner": "murmur2_random", "linger.ms": 5})
        failed = []
        for r in records:
            more = {} if r.partition < 0 else {"partition": r.partition}
            producer.produce(topic, key=r.key, value=r.value, timestamp=r.time_ms, headers=list(r.headers),
                             on_delivery=lambda error, _: failed.append(error) if error else None, **more)
        producer.flush(30)
        if failed:
            raise RuntimeError(str(failed[0]))

    def create(self, topic, partitions, config=None):
        for result in self.admin.create_topics([NewTopic(topic, partitions, 1, config=config or {"retention.ms": "-1"})]).values():
            result.result(30)
        while self.partitions(topic) != partitions:
            time.sleep(0.05)

    def delete(self, topic):
        for result in self.admin.delete_topics([topic], operation_timeout=30).values():
            result.result(30)
        while self.partitions(topic):
            time.sleep(0.05)
        time.sleep(0.3)

    def configure(self, topic, **config):
        resource = ConfigResource("topic", topic, set_config={k.replace("_", "."): v for k, v in config.items()})
        for result in self.admin.alter_configs([resource]).values():
            result.result(30)

    def add_partitions(self, topic, number):
        for result in self.admin.create_partitions([NewPartitions(topic, number)]).values():
            result.result(30)
        while self.partitions(topic) != number:
            time.sleep(0.05)

    def delete_records(self, topic, before):
        """Below an offset of each partition (-1: all there is). DeleteRecords, version 1, to the only broker there is."""
        def text(word):
            return struct.pack(">h", len(word)) + word.encode()
        body = struct.pack(">i", 1) + text(topic) + struct.pack(">i", len(before))
        for partition, offset in before.items():
            body += struct.pack(">iq", partition, offset)
        request = struct.pack(">hhi", 21, 1, 7) + text("oracle") + body + struct.pack(">i", 20_000)
        host, port = self.address.split(",")[0].rsplit(":", 1)
        with socket.create_connection((host, int(port)), 20) as connection:
            connection.sendall(struct.pack(">i", len(request)) + request)
            size = struct.unpack(">i", connection.recv(4, socket.MSG_WAITALL))[0]
            connection.recv(size, socket.MSG_WAITALL)


def moved(record, **changes):
    return replace(record, **changes)
