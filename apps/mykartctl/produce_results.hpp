#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "kafka/sender.hpp"
#include "render/output.hpp"

namespace ctl::cli {

/// What became of the records of `topics produce`, printed in the order in which Kafka took them, and counted.
class ProduceResults {
 public:
  explicit ProduceResults(render::Output&);  ///< prints the head
  void written(const std::string& topic, const kafka::Place&, const std::optional<std::string>& key, int line);
  void failed(const Error&, const std::string& file, int line);
  void flush();  ///< prints what is new
  [[nodiscard]] std::uint64_t count() const noexcept { return written_; }
  [[nodiscard]] const std::optional<Error>& first_failure() const noexcept { return first_; }
  [[nodiscard]] Error ended(const Error& why) const;  ///< the same, and how far it has come

 private:
  [[nodiscard]] bool for_people() const;

  render::Output& out_;
  std::string lines_{};
  std::uint64_t written_{}, failed_{};
  std::optional<Error> first_{};
};

}  // namespace ctl::cli
