#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>

#include "core/utf8.hpp"
#include "value/scalar.hpp"
#include "value/tree_builder.hpp"

namespace ctl {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

class Refusals {
 public:
  Refusals(const std::string& file, Problems& into) : file_{file}, into_{into} {}
  [[nodiscard]] Position place(const YAML::Mark& mark) const { return {file_, mark.line + 1, mark.column + 1}; }
  void add(std::string rule, std::string what, Position at, std::string hint) {
    into_.push_back({.what = std::move(what), .at = std::move(at), .hint = std::move(hint), .rule = std::move(rule)});
  }

 private:
  const std::string& file_;
  Problems& into_;
};

/// Bytes that the library would take in silence: it ends the file at a 0x04, replaces what is not UTF-8 and lets tabs indent.
bool check_bytes(std::string_view text, const std::string& file, Refusals& refusals) {
  Position at{file, 1, 1};
  bool indentation = true;
  while (!text.empty()) {
    const auto c = first_character(text);
    if (!c.valid) return refusals.add("syntax", "this is not UTF-8", at, "save the file as UTF-8"), false;
    if (c.code == '\t' && indentation) return refusals.add("syntax", "a tab indents this line", at, "indent with spaces"), false;
    if (c.code == 0x7F || (c.code < 0x20 && c.code != '\t' && c.code != '\n' && c.code != '\r'))
      return refusals.add("syntax", fmt::format("control character U+{:04X}", static_cast<unsigned>(c.code)), at, "take it out"), false;
    indentation = c.code == '\n' || (indentation && c.code == ' ');
    at = c.code == '\n' ? Position{file, at.line + 1, 1} : Position{file, at.line, at.column + static_cast<int>(c.size)};
    text.remove_prefix(c.size);
  }
  return true;
}

class Events : public YAML::EventHandler {
 public:
  Events(std::string_view text, Refusals& refusals, Problems& into) : text_{text}, refusals_{refusals}, builder_{into} {}

  /// The library begins a document wherever the last one could not go on, for ever at the same place if need be.
  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ < 2) return;
    const auto rest = text_.substr(std::min(static_cast<std::size_t>(mark.pos), text_.size()));
    if (!rest.starts_with("---"))
      throw YAML::ParserException(mark, fmt::format("unexpected '{}'", rest.substr(0, first_character(rest).size)));
    refusals_.add("syntax", "a second document begins here", refusals_.place(mark), "one document a file: take the '---' out");
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    check(mark, "?", anchor);
    if (documents_ > 1) return;
    if (builder_.wants_key()) refusals_.add("syntax", "a key is missing before the ':'", refusals_.place(mark), {});
    builder_.wants_key() ? builder_.key("", refusals_.place(mark)) : builder_.null(refusals_.place(mark));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    refusals_.add("anchor", "aliases are not taken", refusals_.place(mark), "write the value out");
    scalar(mark, "alias", false);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& text) override {
    check(mark, tag, anchor);
    scalar(mark, text, tag == "?");
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    check(mark, tag, anchor);
    open(mark, false);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    check(mark, tag, anchor);
    open(mark, true);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapEnd() override { close(); }

  [[nodiscard]] Value take() { return builder_.take(); }

 private:
  void check(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor)
      refusals_.add("anchor", "anchors are not taken", refusals_.place(mark), "write the value out where it is needed");
    if (!tag.empty() && tag != "?" && tag != "!")
      refusals_.add("tag", "the tag '" + tag + "' is not taken", refusals_.place(mark), "take it out");
  }
  void scalar(const YAML::Mark& mark, const std::string& text, bool plain) {
    if (documents_ > 1) return;
    const auto at = refusals_.place(mark);
    if (builder_.wants_key()) return key(text, at, plain);
    auto read = plain ? read_plain(text) : Plain{text, {}, {}};
    if (!read.refusal.empty()) refusals_.add("ambiguous", read.refusal, at, read.hint);
    builder_.scalar(std::move(read.value.at(at)));
  }
  void key(const std::string& text, const Position& at, bool plain) {
    if (plain && text == "<<") refusals_.add("anchor", "merge keys are not taken", at, "write the keys out");
    builder_.key(text, at);
  }
  void open(const YAML::Mark& mark, bool map) {
    if (documents_ > 1) return;
    if (builder_.wants_key()) throw YAML::ParserException(mark, "a map or list cannot be a key");
    if (builder_.too_deep()) throw YAML::ParserException(mark, fmt::format("nested deeper than {} levels", TreeBuilder::deepest));
    map ? builder_.open_map(refusals_.place(mark)) : builder_.open_list(refusals_.place(mark));
  }
  void close() {
    if (documents_ == 1) builder_.close();
  }

  std::string_view text_;
  Refusals& refusals_;
  TreeBuilder builder_;
  int documents_{};
};

}  // namespace

std::optional<Value> parse_yaml(std::string_view text, const std::string& file, Problems& into) {
  Refusals refusals{file, into};
  if (!check_bytes(text, file, refusals)) return std::nullopt;
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  Events events{text, refusals, into};
  try {
    std::istringstream stream{std::string{text}};
    YAML::Parser parser{stream};
    for (int document = 0; document < 2 && parser.HandleNextDocument(events);) ++document;
  } catch (const YAML::Exception& e) {
    refusals.add("syntax", "not YAML: " + e.msg, refusals.place(e.mark), {});
    return std::nullopt;
  }
  auto root = events.take();
  if (root.at().line == 0) root.at({file, 1, 1});
  return root;
}

}  // namespace ctl
