#include "postgres/sql_text.hpp"

#include <algorithm>
#include <string>

namespace ctl::postgres {
namespace {

std::size_t after(std::string_view sql, std::string_view what, std::size_t from) {
  const auto at = sql.find(what, from);
  return at == std::string_view::npos ? sql.size() : at + what.size();
}

/// `'` or `"`, where a doubled quote stands for one; in E'…' a backslash takes the next character along.
std::size_t skip_string(std::string_view sql, std::size_t from) {
  const char quote = sql[from];
  const bool escapes = quote == '\'' && from > 0 && (sql[from - 1] == 'e' || sql[from - 1] == 'E') && (from < 2 || !is_word(sql[from - 2]));
  for (auto i = from + 1; i < sql.size(); ++i) {
    if (escapes && sql[i] == '\\') {
      ++i;
    } else if (sql[i] == quote) {
      if (i + 1 == sql.size() || sql[i + 1] != quote) return i + 1;
      ++i;
    }
  }
  return sql.size();
}

std::size_t skip_block_comment(std::string_view sql, std::size_t from) {  // they nest
  int depth = 1;
  for (auto i = from + 2; i < sql.size(); ++i) {
    const auto two = sql.substr(i, 2);
    if (two == "/*" || two == "*/") {
      depth += two == "/*" ? 1 : -1;
      ++i;
      if (depth == 0) return i + 1;
    }
  }
  return sql.size();
}

std::size_t skip_dollar_quote(std::string_view sql, std::size_t from) {
  if (from > 0 && is_word(sql[from - 1])) return from;
  auto end = from + 1;
  while (end < sql.size() && is_word(sql[end]) && sql[end] != '$') ++end;
  const bool number = end > from + 1 && sql[from + 1] >= '0' && sql[from + 1] <= '9';
  if (end == sql.size() || sql[end] != '$' || number) return from;
  return after(sql, sql.substr(from, end + 1 - from), end + 1);
}

std::string lower(std::string_view word) {
  std::string text{word};
  for (auto& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

/// Follows one statement to tell a semicolon that ends it from one inside: CREATE RULE has them in parentheses, the body of an SQL function
/// between BEGIN ATOMIC and END.
class Nesting {
 public:
  void symbol(char c) { parentheses_ += c == '(' ? 1 : c == ')' ? -1 : 0; }
  void word(const std::string& w) {
    if (words_++ == 0) create_ = w == "create";
    if (w == "function" || w == "procedure") routine_ = routine_ || (create_ && words_ <= 4);  // create [or replace] function
    if (w == "atomic" && previous_ == "begin" && routine_) ++bodies_;
    if (w == "case" && bodies_ > 0) ++bodies_;
    if (w == "end" && bodies_ > 0) --bodies_;
    previous_ = w;
  }
  [[nodiscard]] bool inside() const { return parentheses_ > 0 || bodies_ > 0; }

 private:
  int parentheses_{}, bodies_{}, words_{};
  bool create_{}, routine_{};
  std::string previous_{};
};

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v'; }
bool is_comment(std::string_view sql, std::size_t at) { return sql.substr(at, 2) == "--" || sql.substr(at, 2) == "/*"; }

}  // namespace

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}

std::size_t skip_quoted(std::string_view sql, std::size_t from) {
  if (from >= sql.size()) return from;
  const auto two = sql.substr(from, 2);
  if (two == "--") return after(sql, "\n", from);
  if (two == "/*") return skip_block_comment(sql, from);
  if (sql[from] == '\'' || sql[from] == '"') return skip_string(sql, from);
  return sql[from] == '$' ? skip_dollar_quote(sql, from) : from;
}

std::size_t statement_start(std::string_view sql, std::size_t index) {
  Nesting nesting;
  bool begun = false;
  for (std::size_t i = 0; i < sql.size();) {
    if (is_blank(sql[i])) {
      ++i;
    } else if (is_comment(sql, i)) {
      i = skip_quoted(sql, i);
    } else if (sql[i] == ';' && !nesting.inside()) {
      index -= begun ? 1 : 0;
      begun = false;
      nesting = {};
      ++i;
    } else {
      if (!begun && index == 0) return i;
      begun = true;
      auto end = skip_quoted(sql, i);
      if (end == i && is_word(sql[i])) {
        while (end < sql.size() && is_word(sql[end])) ++end;
        nesting.word(lower(sql.substr(i, end - i)));
      } else if (end == i) {
        nesting.symbol(sql[end++]);
      }
      i = end;
    }
  }
  return sql.size();
}

std::size_t offset_of_character(std::string_view utf8, std::size_t characters) {
  std::size_t i = 0;
  for (; i < utf8.size(); ++i)
    if ((static_cast<unsigned char>(utf8[i]) & 0xC0) != 0x80 && characters-- == 0) break;
  return i;
}

Position position_at(std::string_view utf8, std::size_t offset, std::string_view file) {
  const auto before = utf8.substr(0, offset);
  const auto line_begin = before.rfind('\n') + 1;  // npos + 1 is 0
  const auto characters = std::count_if(before.begin() + static_cast<std::ptrdiff_t>(line_begin), before.end(),
                                        [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
  return {std::string{file}, static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1, static_cast<int>(characters) + 1};
}

}  // namespace ctl::postgres
