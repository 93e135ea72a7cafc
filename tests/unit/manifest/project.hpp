#pragma once
#include <stdexcept>
#include <string>

#include "manifest/manifest.hpp"
#include "support/folder.hpp"
#include "support/problems.hpp"

/// A small shop's files, right as they are; tests change one thing.
inline const std::string good_topics = R"(version: 1
retired_schema: retired
defaults: {partitions: 3, replication: 1}
families:
  application:
    pattern: shop.*
    retention: 7d
    config: {cleanup.policy: delete}
  cdc:
    pattern: debezium.shop.*
    partitions: 1
    retention: -1
topics:
  shop.clicks:
    description: clicks
    owner: web
    consumers: [search, billing]
    source:
      table: public.clicks
      id: click_id
      time: click_time
      time_zone: UTC
      key: product-{product}
      fields:
        - {name: product_id, column: product}
        - click_time
        - {name: ip, column: null}
  debezium.shop.products:
    description: products
    owner: data
    captures: public.products
)";

inline std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  if (at == std::string::npos) throw std::logic_error{"the fixture has no '" + from + "'"};
  return text.replace(at, from.size(), to);
}

/// Everything that is wrong with this topics.yaml, one a line.
inline std::string wrong_with(const std::string& topics) {
  Folder folder;
  folder.file("topics.yaml", topics);
  return lines_of(ctl::manifest::check(folder.path()).problems);
}
/// The same for the good one with `from` in place of `to`.
inline std::string wrong_with(const std::string& from, const std::string& to) { return wrong_with(replaced(good_topics, from, to)); }
