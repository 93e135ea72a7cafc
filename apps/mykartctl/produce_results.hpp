#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "kafka/sender.hpp"
#include "render/output.hpp"
#include "underway.hpp"

namespace ctl::cli {

/// What became of the records of `topics produce`, printed in the order in which it is told, and counted.
class ProduceResults {
 public:
  ProduceResults(render::Output&, std::string topic);  ///< prints the head
  void written(const Sent&, const kafka::Place&);
  void missed(const Sent&, bool in_doubt);
  void flush();  ///< prints what is new
  [[nodiscard]] std::uint64_t count() const noexcept { return written_; }
  /// The same, with how far it has come and how to go on.
  [[nodiscard]] Error ended(const Error& why) const;

 private:
  struct Missed {
    std::uint64_t count{};
    std::optional<Sent> first{}, last{};  ///< of the input
    void add(const Sent&);
  };
  [[nodiscard]] bool for_people() const;
  [[nodiscard]] bool is_prefix() const noexcept;  ///< nothing was written after the first that was not

  render::Output& out_;
  std::string topic_;
  std::string lines_{};
  std::uint64_t written_{}, written_to_{};  ///< how many, and up to which number
  Missed missed_{}, in_doubt_{};            ///< in doubt are those of the missed that may be there
};

}  // namespace ctl::cli
