#include "transfer/decimal_text.hpp"

#include <algorithm>
#include <limits>

#include "core/text.hpp"

namespace ctl::transfer {
namespace {

constexpr std::int64_t farthest_exponent = std::int64_t{1} << 40;

std::int64_t size(std::string_view text) { return static_cast<std::int64_t>(text.size()); }
std::int64_t leading_zeros(std::string_view digits) {
  return static_cast<std::int64_t>(std::min(digits.find_first_not_of('0'), digits.size()));
}
std::int64_t trailing_zeros(std::string_view digits) {
  const auto last = digits.find_last_not_of('0');
  return size(digits) - (last == std::string_view::npos ? 0 : static_cast<std::int64_t>(last) + 1);
}

std::string_view take_digits(std::string_view& rest) {
  const auto digits = rest.substr(0, rest.find_first_not_of("0123456789"));
  rest.remove_prefix(digits.size());
  return digits;
}
bool take(std::string_view& rest, char c) {
  if (rest.empty() || rest.front() != c) return false;
  rest.remove_prefix(1);
  return true;
}

/// nullopt: there are no digits.
std::optional<std::int64_t> take_exponent(std::string_view& rest) {
  const bool negative = !take(rest, '+') && take(rest, '-');
  auto digits = take_digits(rest);
  if (digits.empty()) return std::nullopt;
  digits.remove_prefix(static_cast<std::size_t>(leading_zeros(digits)));
  const auto value = digits.empty() ? 0 : std::min(parse_integer(digits).value_or(farthest_exponent), farthest_exponent);
  return negative ? -value : value;
}

}  // namespace

bool Decimal::is_zero() const { return leading_zeros(whole) == size(whole) && leading_zeros(fraction) == size(fraction); }

std::int64_t Decimal::magnitude() const {
  if (is_zero()) return 0;
  const auto zeros = leading_zeros(whole);
  const auto place = zeros < size(whole) ? size(whole) - zeros : -leading_zeros(fraction);
  return place + exponent;
}

std::int64_t Decimal::scale() const { return std::max<std::int64_t>(size(fraction) - exponent, 0); }

std::int64_t Decimal::needed_scale() const {
  if (is_zero()) return std::numeric_limits<std::int64_t>::min();
  const auto zeros = trailing_zeros(fraction);
  const auto last = zeros < size(fraction) ? size(fraction) - zeros : -trailing_zeros(whole);
  return last - exponent;
}

std::optional<Decimal> read_decimal(std::string_view text) {
  Decimal number;
  number.negative = take(text, '-');
  number.whole = take_digits(text);
  if (take(text, '.')) number.fraction = take_digits(text);
  if (number.whole.empty() && number.fraction.empty()) return std::nullopt;
  if (take(text, 'e') || take(text, 'E')) {
    const auto exponent = take_exponent(text);
    if (!exponent) return std::nullopt;
    number.exponent = *exponent;
  }
  return text.empty() ? std::optional{number} : std::nullopt;
}

std::optional<std::int64_t> to_integer(const Decimal& number) {
  constexpr std::int64_t most_digits = 19;
  const auto places = number.magnitude();
  if (places > most_digits) return std::nullopt;
  if (number.is_zero()) return 0;
  std::string digits{number.whole};
  digits.append(number.fraction);
  digits.erase(0, static_cast<std::size_t>(leading_zeros(digits)));
  digits.resize(static_cast<std::size_t>(std::max<std::int64_t>(places, 0)), '0');
  return parse_integer(number.negative ? "-" + digits : digits);
}

bool fits_numeric(const Decimal& number) {
  constexpr std::int64_t most_before = 131'072, most_after = 16'383, most_exponent = 1'000'000'000;
  return number.magnitude() <= most_before && number.scale() <= most_after && number.exponent <= most_exponent;
}

}  // namespace ctl::transfer
