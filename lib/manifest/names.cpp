#include "manifest/names.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ctl::manifest {
namespace {

constexpr std::string_view in_topics = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
constexpr std::string_view in_identifiers = "abcdefghijklmnopqrstuvwxyz0123456789_";
constexpr std::size_t longest_topic = 249, longest_identifier = 63;

bool only(std::string_view text, std::string_view characters) { return text.find_first_not_of(characters) == std::string_view::npos; }

/// The end of a part that begins here: behind its closing quote, or behind its last letter; 0 for none.
std::size_t end_of_part(std::string_view text) {
  if (!text.starts_with('"')) {
    const auto end = std::min(text.find('.'), text.size());
    const bool plain = end > 0 && text.substr(0, end).find_first_of("\"\\ ,;'()\t\n") == std::string_view::npos;
    return plain && (text[0] < '0' || text[0] > '9') ? end : 0;
  }
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] != '"') continue;
    if (i + 1 == text.size() || text[i + 1] != '"') return i > 1 ? i + 1 : 0;
    ++i;
  }
  return 0;
}

}  // namespace

std::string illegal_name(std::string_view topic) {
  if (topic.empty()) return "it is empty";
  if (topic == "." || topic == "..") return "it is reserved";
  if (topic.size() > longest_topic) return fmt::format("it has {} characters, {} are the most", topic.size(), longest_topic);
  if (!only(topic, in_topics)) return "only letters, digits, . _ and - are allowed";
  return {};
}

bool is_pattern(std::string_view pattern) { return !pattern.empty() && only(pattern, std::string{in_topics} + '*'); }

bool matches(std::string_view pattern, std::string_view topic) {
  const auto star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == topic;
  if (!topic.starts_with(pattern.substr(0, star))) return false;
  for (auto rest = topic.substr(star); !rest.empty() && only(rest.substr(0, 1), in_topics);) {
    rest.remove_prefix(1);
    if (matches(pattern.substr(star + 1), rest)) return true;
  }
  return false;
}

bool is_identifier(std::string_view name) {
  return !name.empty() && name.size() <= longest_identifier && only(name, in_identifiers) && (name[0] < '0' || name[0] > '9');
}

bool is_table_name(std::string_view name) {
  const auto dot = name.find('.');
  return dot == std::string_view::npos ? is_identifier(name) : is_identifier(name.substr(0, dot)) && is_identifier(name.substr(dot + 1));
}

bool is_captured_name(std::string_view name) {
  const auto first = end_of_part(name);
  if (first == 0) return false;
  if (first == name.size()) return true;
  if (name[first] != '.') return false;
  const auto rest = name.substr(first + 1);
  return end_of_part(rest) == rest.size() && !rest.empty();
}

}  // namespace ctl::manifest
