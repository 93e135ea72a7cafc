#include "transfer/array_text.hpp"

namespace ctl::transfer {
namespace {

struct Reading {
  std::string_view rest;
  std::string& to;
  const std::function<bool(std::optional<std::string_view>)>& append;
  std::string element{};

  [[nodiscard]] bool next_is(char c) const { return !rest.empty() && rest.front() == c; }
  bool take(char c) {
    if (!next_is(c)) return false;
    rest.remove_prefix(1);
    return true;
  }

  bool array() {
    if (!take('{')) return false;
    to += '[';
    if (!next_is('}')) do {
        if (!(next_is('{') ? array() : next_is('"') ? quoted() : plain())) return false;
        if (next_is(',')) to += ',';
      } while (take(','));
    to += ']';
    return take('}');
  }

  bool plain() {
    const auto text = rest.substr(0, rest.find_first_of(",}"));
    rest.remove_prefix(text.size());
    return !text.empty() && (text == "NULL" ? append(std::nullopt) : append(text));
  }

  bool quoted() {
    element.clear();
    for (take('"'); !rest.empty() && rest.front() != '"'; rest.remove_prefix(1)) {
      if (rest.front() == '\\') rest.remove_prefix(1);
      if (rest.empty()) return false;
      element += rest.front();
    }
    return take('"') && append(element);
  }
};

}  // namespace

bool append_json_array(std::string& to, std::string_view array, const std::function<bool(std::optional<std::string_view>)>& append) {
  Reading reading{array, to, append};
  return reading.array() && reading.rest.empty();
}

}  // namespace ctl::transfer
