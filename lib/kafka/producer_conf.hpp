#pragma once
#include <string>
#include <vector>

#include "kafka/client.hpp"

namespace ctl::kafka {

/// The settings of every producer of the tool. `transactional_id` empty: idempotent without transactions.
[[nodiscard]] std::vector<Property> producer_conf(std::string transactional_id);

}  // namespace ctl::kafka
