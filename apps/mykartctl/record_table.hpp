#pragma once
#include <string>
#include <string_view>

#include "kafka/reader.hpp"
#include "record_time.hpp"

namespace ctl::cli {

/// Bytes as text on one line, for people: what could move the cursor or change the terminal is spelled out (\u001b), bytes that are no
/// UTF-8 are shown as \xff, and the line breaks of JSON that was printed over several lines are left out, with their indentation.
void append_text(std::string& to, std::string_view bytes);
/// The bytes, or what people see in their place: <null>, <empty>.
[[nodiscard]] std::string_view shown(const std::optional<std::string_view>& bytes);

/// Records as the rows of a table that has no end. Nobody knows what will come: the columns of keys and headers grow with what has come, to
/// a limit. Nothing is cut.
class RecordTable {
 public:
  struct Columns {
    std::size_t topic{};  ///< its width; 0: not shown, there is only one
    bool headers{};
    RecordTime::Zone zone{};
    bool coloured{};
  };
  explicit RecordTable(const Columns& columns) : columns_{columns}, time_{columns.zone} {}
  void head(std::string& to) const;
  void append(std::string& to, const kafka::Message&);  ///< with the end of the line

 private:
  void append_key(std::string& to, const std::optional<std::string_view>& key);
  void append_headers(std::string& to, const std::vector<kafka::Header>& headers);
  void append_bytes(std::string& to, const std::optional<std::string_view>& bytes) const;

  Columns columns_;
  RecordTime time_;
  std::size_t key_width_{16}, headers_width_{16};
};

}  // namespace ctl::cli
