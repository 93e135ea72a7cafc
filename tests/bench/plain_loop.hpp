#pragma once
#include <string>

/// The well-tuned plain loop that a backfill is compared with: COPY -> JSON -> produce in transactions of a second, with event times.
/// Unsafe: it knows no barrier, no checkpoint, no escapes, no types and no doubt. Shares no code with lib. Returns the rows.
long plain_loop(const std::string& database_url, const std::string& brokers, const std::string& topic);
