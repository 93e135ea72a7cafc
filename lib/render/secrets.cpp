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

std::size_t match(const std::vector<std::string>& secrets, std::string_view rest) {
  const auto found = std::find_if(secrets.begin(), secrets.end(), [&](const std::string& s) { return rest.starts_with(s); });
  return found == secrets.end() ? 0 : found->size();
}

bool begins_one(const std::vector<std::string>& secrets, std::string_view rest) {
  return std::any_of(secrets.begin(), secrets.end(), [&](const std::string& s) { return s.size() > rest.size() && s.starts_with(rest); });
}

std::string replaced(const std::vector<std::string>& secrets, std::string_view text, bool whole, std::size_t& used) {
  std::string out;
  used = 0;
  while (used < text.size()) {
    const auto rest = text.substr(used);
    if (!whole && begins_one(secrets, rest)) break;
    if (const auto length = match(secrets, rest); length > 0) {
      out += mask;
      used += length;
    } else {
      out += rest.front();
      ++used;
    }
  }
  return out;
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

std::string Secrets::pass(std::string& pending, bool last) const {
  if (bytes_.empty()) return std::exchange(pending, {});
  std::size_t used = 0;
  auto out = replaced(bytes_, pending, last, used);
  pending.erase(0, used);
  return out;
}

}  // namespace ctl::render
