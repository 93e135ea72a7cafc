#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Decimal numbers as texts: what a double would make of them does not matter.
namespace ctl::transfer {

/// A number taken apart as it is written: [-]whole[.fraction][e exponent].
struct Decimal {
  bool negative{};
  std::string_view whole{}, fraction{};
  std::int64_t exponent{};  ///< no exponent beyond ±2^40 is told from another

  [[nodiscard]] bool is_zero() const;
  [[nodiscard]] std::int64_t magnitude() const;  ///< how many digits are before the point: 3 of 123.4, 0 of 0.5, -2 of 0.001; 0 of zero
  [[nodiscard]] std::int64_t scale()
      const;  ///< digits after the point as PostgreSQL keeps them, trailing zeros included: 2 of 1.50, 0 of 1e3
  [[nodiscard]] std::int64_t needed_scale()
      const;  ///< digits after the point that it cannot do without: 1 of 1.50, 0 of 7, -3 of 1000; of zero any
};

/// Of JSON's numbers, and of what PostgreSQL takes besides: ".5", "5.". nullopt: the text is no decimal number.
[[nodiscard]] std::optional<Decimal> read_decimal(std::string_view text);

/// The number as an integer of 64 bits. The caller knows that needed_scale() is 0; nullopt: it is too large.
[[nodiscard]] std::optional<std::int64_t> to_integer(const Decimal&);

/// Whether PostgreSQL's numeric can hold it: 131072 digits before the point and 16383 after it (manual, 8.1 Numeric Types).
[[nodiscard]] bool fits_numeric(const Decimal&);

}  // namespace ctl::transfer
