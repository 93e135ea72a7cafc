#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

/// A transactional producer that speaks Kafka's protocol by itself, so that it can do what no client library does: write records of a
/// transaction into a partition that the coordinator is never told of. What became of the transaction then never gets there, as when a
/// broker has lost the end of one. Shares no code with lib.
class RawProducer {
 public:
  using Partition = std::pair<std::string, int>;
  struct Record {
    std::string key{}, value{};
    std::int64_t time_ms{};
  };
  using Records = std::vector<Record>;

  /// Of the sandbox's broker; takes the transactional id over, as every new instance does.
  explicit RawProducer(std::string transactional_id);
  ~RawProducer();
  RawProducer(const RawProducer&) = delete;
  RawProducer& operator=(const RawProducer&) = delete;

  void add(const std::vector<Partition>&);  ///< the coordinator will end the transaction in these
  void produce(const Partition&, const Records&);
  void end(bool commit);

  [[nodiscard]] std::int64_t id() const noexcept { return id_; }

 private:
  [[nodiscard]] std::string ask(int api, int version, const std::string& body);
  std::string name_;
  int socket_{-1};
  std::int64_t id_{};
  std::int16_t epoch_{};
  std::vector<std::pair<Partition, std::int32_t>> sequences_{};
};

/// While it lives, the sandbox's broker takes such records: it does not ask the coordinator whether the partition is in the transaction
/// (transaction.partition.verification.enable, dynamic since Kafka 3.6).
class Unverified {
 public:
  Unverified();
  ~Unverified();
  Unverified(const Unverified&) = delete;
  Unverified& operator=(const Unverified&) = delete;
};
