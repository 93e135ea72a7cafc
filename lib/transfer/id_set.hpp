#pragma once
#include <cstdint>
#include <functional>
#include <memory>

namespace ctl::transfer {

/// A set of 64-bit numbers, compressed: ids without big gaps cost well below one bit each.
class IdSet {
 public:
  IdSet();
  ~IdSet();
  IdSet(IdSet&&) noexcept;
  IdSet& operator=(IdSet&&) noexcept;
  bool add(std::int64_t);  ///< false: it was there
  void add(std::int64_t first, std::int64_t last);
  void compress();  ///< once it is full: ids without gaps then cost next to nothing
  [[nodiscard]] bool contains(std::int64_t) const;
  [[nodiscard]] std::uint64_t size() const;
  [[nodiscard]] std::uint64_t bytes() const;  ///< of memory, about
  /// Those that are not in `other`, ascending; returns how many there are. `each` sees at most `most` of them.
  std::uint64_t without(const IdSet& other, std::uint64_t most, const std::function<void(std::int64_t)>& each) const;
  /// Ids that follow each other as one call, ascending, until `each` returns false.
  void ranges(const std::function<bool(std::int64_t first, std::int64_t last)>& each) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ctl::transfer
