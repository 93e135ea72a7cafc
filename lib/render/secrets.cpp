#include "render/secrets.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/text.hpp"
#include "value/value.hpp"

namespace ctl::render {
namespace {

constexpr std::string_view mask = "***";
constexpr std::size_t short_secret = 4, short_line = 8;

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool unreserved = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                            std::string_view{"-._~"}.find(c) != std::string_view::npos;
    out += unreserved ? std::string{c} : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

/// Where the first secret stands, and how long it is; of those that begin there, the longest.
std::pair<std::size_t, std::size_t> first_of(const std::vector<std::string>& secrets, std::string_view text) {
  std::pair<std::size_t, std::size_t> first{std::string_view::npos, 0};
  for (const auto& secret : secrets)
    if (const auto at = text.find(secret); at < first.first) first = {at, secret.size()};
  return first;
}

/// Where an end begins that may be the beginning of a secret.
std::size_t doubtful_end(const std::vector<std::string>& secrets, std::string_view text) {
  const auto longest = secrets.empty() ? 0 : secrets.front().size();
  for (auto at = text.size() - std::min(text.size(), longest); at < text.size(); ++at)
    for (const auto& secret : secrets)
      if (secret.size() > text.size() - at && secret.starts_with(text.substr(at))) return at;
  return text.size();
}

std::string replaced(const std::vector<std::string>& secrets, std::string_view text, bool whole, std::size_t& used) {
  std::string out;
  used = 0;
  for (;;) {
    const auto rest = text.substr(used);
    const auto end = whole ? rest.size() : doubtful_end(secrets, rest);
    const auto [at, length] = first_of(secrets, rest);
    out.append(rest, 0, std::min(at, end));
    used += std::min(at, end);
    if (at >= end) return out;
    out += mask;
    used += length;
  }
}

}  // namespace

void Secrets::add(const Secret& secret) {
  const auto& text = secret.reveal();
  const auto json = to_json(Value{text});
  std::vector<std::string> spellings{text, json.substr(1, json.size() - 2), percent_encoded(text)};
  for (auto& line : split(text, '\n'))
    if (line.size() >= short_line) spellings.push_back(std::move(line));
  for (auto& spelling : spellings) {
    if (spelling.empty() || std::find(all_.begin(), all_.end(), spelling) != all_.end()) continue;
    const bool number = spelling.find_first_not_of("0123456789.eE+-") == std::string::npos;
    if (spelling.size() >= short_secret && !number && spelling != "true" && spelling != "false" && spelling != "null")
      bytes_.push_back(spelling);
    all_.push_back(std::move(spelling));
  }
  for (auto* list : {&all_, &bytes_})
    std::sort(list->begin(), list->end(),
              [](const std::string& a, const std::string& b) { return a.size() > b.size() || (a.size() == b.size() && a < b); });
}

std::string Secrets::masked(std::string_view text) const {
  std::size_t used = 0;
  return all_.empty() ? std::string{text} : replaced(all_, text, true, used);
}

bool Secrets::found_in(std::string_view text) const noexcept {
  return std::any_of(bytes_.begin(), bytes_.end(), [&](const std::string& secret) { return text.find(secret) != std::string_view::npos; });
}

std::string Secrets::pass(std::string& pending, bool last) const {
  if (bytes_.empty()) return std::exchange(pending, {});
  std::size_t used = 0;
  auto out = replaced(bytes_, pending, last, used);
  pending.erase(0, used);
  return out;
}

}  // namespace ctl::render
