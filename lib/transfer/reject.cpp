#include "transfer/codec.hpp"

namespace ctl::transfer {

std::string_view to_string(Reject reject) {
  switch (reject) {
    case Reject::none: return "none";
    case Reject::bad_json: return "bad_json";
    case Reject::missing_field: return "missing_field";
    case Reject::wrong_type: return "wrong_type";
    case Reject::out_of_range: return "out_of_range";
    case Reject::too_long: return "too_long";
    case Reject::bad_time: return "bad_time";
    case Reject::bad_utf8: return "bad_utf8";
    case Reject::nul_byte: return "nul_byte";
    case Reject::json_null: return "json_null";
    case Reject::fk_missing: return "fk_missing";
    case Reject::server: return "server";
    case Reject::trigger: return "trigger";
    case Reject::not_the_row: return "not_the_row";
  }
  return "";
}

}  // namespace ctl::transfer
