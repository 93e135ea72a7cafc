#include <fmt/format.h>

#include <cmath>

#include "core/utf8.hpp"
#include "value/scalar.hpp"

namespace ctl {

/// Everything that a terminal could take as a command is escaped as well, which JSON allows.
std::string quote_json(std::string_view text) {
  std::string out{'"'};
  while (!text.empty()) {
    const auto c = first_character(text);
    const auto bytes = text.substr(0, c.size);
    text.remove_prefix(c.size);
    if (!c.valid)
      out += "\xEF\xBF\xBD";
    else if (c.code == '"' || c.code == '\\')
      out += '\\', out += bytes;
    else if (c.code == '\n')
      out += "\\n";
    else if (c.code == '\t')
      out += "\\t";
    else if (c.code == '\r')
      out += "\\r";
    else if (c.code < 0x20 || (c.code >= 0x7F && c.code < 0xA0))
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c.code));
    else
      out += bytes;
  }
  return out += '"';
}

std::string number_text(double value) {
  if (!std::isfinite(value)) return "null";
  auto text = fmt::format("{}", value);  // the shortest text that reads back as the same number
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

namespace {

class Writer {
 public:
  Writer(std::string& out, int indent) : out_{out}, indent_{static_cast<std::size_t>(indent)} {}

  void operator()(std::nullptr_t) { out_ += "null"; }
  void operator()(bool value) { out_ += value ? "true" : "false"; }
  void operator()(std::int64_t value) { out_ += fmt::format("{}", value); }
  void operator()(double value) { out_ += number_text(value); }
  void operator()(const std::string& value) { out_ += quote_json(value); }
  void operator()(const Value::List& list) {
    block('[', ']', list, [&](const Value& item) { std::visit(*this, item.data()); });
  }
  void operator()(const Value::Map& map) {
    block('{', '}', map, [&](const Member& member) {
      out_ += quote_json(member.key) += indent_ > 0 ? ": " : ":";
      std::visit(*this, member.value.data());
    });
  }

 private:
  template <class Items, class Write>
  void block(char open, char close, const Items& items, Write write) {
    out_ += open;
    ++level_;
    for (const auto& item : items) {
      if (&item != &items.front()) out_ += ',';
      new_line();
      write(item);
    }
    --level_;
    if (!items.empty()) new_line();
    out_ += close;
  }
  void new_line() {
    if (indent_ > 0) out_.append(1, '\n').append(level_ * indent_, ' ');
  }

  std::string& out_;
  std::size_t indent_, level_{};
};

}  // namespace

std::string to_json(const Value& value, int indent) {
  std::string out;
  Writer writer{out, indent};
  std::visit(writer, value.data());
  return out;
}

}  // namespace ctl
