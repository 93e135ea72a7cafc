#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "value/tree_builder.hpp"

namespace ctl {
namespace {

/// Walks over text that the parser has already taken, one key or value at a time, to tell where each begins: the parser's callbacks do not.
class Places {
 public:
  Places(std::string_view text, const std::string& file) : text_{text}, file_{file} {}

  Position next() {
    move_to(text_.find_first_not_of(" \t\r\n,:]}", at_));
    auto place = here();
    if (at_ >= text_.size()) return place;
    const char first = text_[at_];
    if (first == '{' || first == '[') {
      move_to(at_ + 1);
    } else if (first == '"') {
      auto end = at_ + 1;
      while (end < text_.size() && text_[end] != '"') end += text_[end] == '\\' ? 2 : 1;
      move_to(end + 1);
    } else {
      move_to(text_.find_first_of(" \t\r\n,]}", at_));
    }
    return place;
  }
  /// Of the token that the parser stumbled over when it had read `offset` bytes: the first one behind the last key or value.
  Position offender(std::size_t offset) {
    while (at_ + 1 < offset && at_ < text_.size() && std::string_view{" \t\r\n,:]}"}.find(text_[at_]) != std::string_view::npos)
      move_to(at_ + 1);
    return here();
  }

 private:
  void move_to(std::size_t offset) {
    offset = std::min(offset, text_.size());
    for (; at_ < offset; ++at_)
      if (text_[at_] == '\n') ++line_, line_start_ = at_ + 1;
  }
  [[nodiscard]] Position here() const { return {file_, line_, static_cast<int>(at_ - line_start_) + 1}; }

  std::string_view text_;
  const std::string& file_;
  std::size_t at_{}, line_start_{};
  int line_{1};
};

/// "[json.exception.parse_error.101] parse error at line 1, column 8: syntax error while parsing value - invalid literal; last read: 'x';
/// expected end of input" without what the position says already, and without the last token, which is not always the last.
std::string reason(std::string_view message) {
  constexpr std::string_view syntax = ": syntax error ", last = "; last read: '";
  if (const auto at = message.find(syntax); at != std::string_view::npos)
    message.remove_prefix(at + syntax.size());
  else
    message.remove_prefix(message.find("] ") + 2);
  const auto token = std::min(message.find(last), message.size());
  std::string text{message.substr(0, token)};
  if (const auto expected = message.find("; expected ", token); expected != std::string_view::npos) text += message.substr(expected);
  return text;
}

/// The callbacks of nlohmann's SAX parser; returning false ends it.
class Events : public nlohmann::json_sax<nlohmann::json> {
 public:
  Events(std::string_view text, const std::string& file, Problems& into) : places_{text, file}, builder_{into}, into_{into} {}

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override {
    return value <= INT64_MAX ? add(static_cast<std::int64_t>(value)) : too_large(std::to_string(value));
  }
  bool number_float(number_float_t value, const string_t& text) override {
    return text.find_first_of(".eE") != string_t::npos ? add(value) : too_large(text);
  }
  bool string(string_t& value) override { return add(std::move(value)); }
  bool binary(binary_t&) override { return false; }  // no such thing in text
  bool start_object(std::size_t) override { return open(true); }
  bool start_array(std::size_t) override { return open(false); }
  bool end_object() override { return builder_.close(), true; }
  bool end_array() override { return builder_.close(), true; }
  bool key(string_t& name) override { return builder_.key(std::move(name), places_.next()), true; }
  bool parse_error(std::size_t offset, const std::string&, const nlohmann::detail::exception& error) override {
    return syntax_error("not JSON: " + reason(error.what()), places_.offender(offset));
  }
  Value take() { return builder_.take(); }

 private:
  template <class T>
  bool add(T&& content) {
    Value value{std::forward<T>(content)};
    value.at(places_.next());
    return builder_.scalar(std::move(value)), true;
  }
  bool open(bool map) {
    auto at = places_.next();
    if (builder_.too_deep()) return syntax_error(fmt::format("nested deeper than {} levels", TreeBuilder::deepest), at);
    return map ? builder_.open_map(std::move(at)) : builder_.open_list(std::move(at)), true;
  }
  bool too_large(const std::string& digits) { return syntax_error("the number " + digits + " does not fit into 64 bits", places_.next()); }
  bool syntax_error(std::string what, Position at) {
    into_.push_back({.what = std::move(what), .at = std::move(at), .hint = {}, .rule = "syntax"});
    return false;
  }

  Places places_;
  TreeBuilder builder_;
  Problems& into_;
};

}  // namespace

std::optional<Value> parse_json(std::string_view text, const std::string& file, Problems& into) {
  Events events{text, file, into};
  if (!nlohmann::json::sax_parse(text.begin(), text.end(), &events)) return std::nullopt;
  return events.take();
}

}  // namespace ctl
