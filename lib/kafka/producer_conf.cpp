#include "kafka/producer_conf.hpp"

namespace ctl::kafka {

std::vector<Property> producer_conf(std::string transactional_id) {
  using enum Property::Kind;
  std::vector<Property> conf{
      {"partitioner", "murmur2_random", fixed},  // where kafkajs and Java put a key; librdkafka's own default is CRC32
      {"enable.idempotence", "true", fixed},     // a retried batch is neither doubled nor out of order
      {"acks", "all", fixed},                    // done means: on every in-sync replica
      // librdkafka walks the records of a batch as a linked list when it writes, sends, acknowledges and frees them: with 100,000 in the
      // queue each costs more once other programs want the core's cache as well, with 30,000 the sender waits for the broker.
      {"queue.buffering.max.messages", "60000", tunable},
      {"linger.ms", "5", tunable},                       // full batches at full speed; 50 sleeps instead of sending
      {"queue.buffering.max.kbytes", "32768", tunable},  // the same bound for large records: resident memory stays below 64 MB
      {"compression.type", "lz4", tunable},              // as fast as none and a third of the bytes
      {"message.timeout.ms", "12000",
       tunable},  // gives up before the transaction does: the reason is then the record's, not the coordinator's
      {"topic.metadata.propagation.max.ms", "3000", tunable},  // a topic that does not exist is an error after 3 s, not after 30
  };
  if (transactional_id.empty()) return conf;
  conf.push_back({"transactional.id", std::move(transactional_id), fixed});
  // read_committed consumers of these partitions, the application's included, wait behind an open transaction: a killed tool may stall them
  // for no longer
  conf.push_back({"transaction.timeout.ms", "15000", tunable});
  return conf;
}

}  // namespace ctl::kafka
