#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "value/value.hpp"

/// What an unquoted YAML scalar means to us, and how scalars are written. Private to this room: reader and writer must agree.
namespace ctl {

struct Plain {
  Value value{};          ///< as read; text where `refusal` is set
  std::string refusal{};  ///< why it may not stand there without quotes, because readers of YAML disagree about it; "" if it may
  std::string hint{};
};
[[nodiscard]] Plain read_plain(std::string_view text);

/// May this text be written without quotes, so that every reader of YAML 1.1 and 1.2 takes it as this text?
[[nodiscard]] bool is_plain_text(std::string_view text);

[[nodiscard]] std::string quote_json(std::string_view text);  ///< with the quotes; a double-quoted YAML scalar as well
[[nodiscard]] std::string number_text(double);                ///< always with '.' or 'e'; null for what is no number

}  // namespace ctl
