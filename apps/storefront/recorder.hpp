#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <filesystem>

#include "store.hpp"
#include "value/value.hpp"

namespace storefront {

/// The way of every event into the store, whoever made it: written, counted, entered into the ledger. Any thread may record.
class Recorder {
 public:
  /// `ledger`: a file to which one JSON line is added for each event that is safe, after it is; "" for none. Members: kind, key, product_id
  /// (as in the message), time (the shop's clock), and id of the row or partition and offset of the message.
  Recorder(EventStore&, const std::filesystem::path& ledger);
  ~Recorder();
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  void record(const Event&);                ///< throws what the store throws
  [[nodiscard]] ctl::Value counts() const;  ///< {"mode":…,"written":{"page_hits":n,…},"failed":{…}}
  [[nodiscard]] bool keeps_rows() const { return store_.keeps_rows(); }

 private:
  EventStore& store_;
  int ledger_{-1};
  std::array<std::atomic<std::uint64_t>, kinds.size()> written_{}, failed_{};
};

}  // namespace storefront
