#include "transfer/id_set.hpp"

#include <optional>
#include <roaring/roaring64map.hh>
#include <utility>

namespace ctl::transfer {
namespace {

// The library's numbers have no sign: shifted by 2^63, negative ids sort before the others.
constexpr std::uint64_t bias = std::uint64_t{1} << 63;
std::uint64_t to_unsigned(std::int64_t id) { return static_cast<std::uint64_t>(id) ^ bias; }
std::int64_t to_signed(std::uint64_t id) { return static_cast<std::int64_t>(id ^ bias); }

}  // namespace

struct IdSet::Impl {
  Roaring64Map map{};
};

IdSet::IdSet() : impl_{std::make_unique<Impl>()} {}
IdSet::~IdSet() = default;
IdSet::IdSet(IdSet&&) noexcept = default;
IdSet& IdSet::operator=(IdSet&&) noexcept = default;

bool IdSet::add(std::int64_t id) { return impl_->map.addChecked(to_unsigned(id)); }
void IdSet::add(std::int64_t first, std::int64_t last) {
  for (auto id = first; id <= last; ++id) {
    add(id);
    if (id == last) break;  // it may be the largest number
  }
}
void IdSet::compress() { impl_->map.runOptimize(); }
bool IdSet::contains(std::int64_t id) const { return impl_->map.contains(to_unsigned(id)); }
std::uint64_t IdSet::size() const { return impl_->map.cardinality(); }
std::uint64_t IdSet::bytes() const { return impl_->map.getSizeInBytes(); }

std::uint64_t IdSet::without(const IdSet& other, std::uint64_t most, const std::function<void(std::int64_t)>& each) const {
  const auto left = impl_->map - other.impl_->map;
  auto id = left.begin();
  for (std::uint64_t seen = 0; seen < most && id != left.end(); ++seen, ++id) each(to_signed(*id));
  return left.cardinality();
}

void IdSet::ranges(const std::function<bool(std::int64_t, std::int64_t)>& each) const {
  std::optional<std::pair<std::uint64_t, std::uint64_t>> open;
  for (const auto id : impl_->map) {
    if (open && id == open->second + 1) {
      open->second = id;
      continue;
    }
    if (open && !each(to_signed(open->first), to_signed(open->second))) return;
    open = std::pair{id, id};
  }
  if (open) each(to_signed(open->first), to_signed(open->second));
}

}  // namespace ctl::transfer
