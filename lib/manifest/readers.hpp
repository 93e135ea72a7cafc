#pragma once
#include <map>
#include <string>
#include <string_view>

#include "manifest/manifest.hpp"
#include "value/fields.hpp"

/// The parts of the reader. Private to this room.
namespace ctl::manifest {

/// topics.yaml: families, topics, event tables and the schema of retired tables.
void read_topics(std::string_view text, const std::string& file, Project&, Problems&);

/// The block `source` of a topic: the event table that becomes it.
void read_source(const Value& source, const std::string& topic, Project&, Problems&);

/// `config` and `retention` of defaults, a family or a topic, put over what `into` has, and where each is written.
void read_config(Fields&, Config& into, std::map<std::string, Position, std::less<>>& places, Problems&);

/// What no single topic can know: collisions of names, tables that are declared twice or both moved and captured.
void check_together(const Project&, Problems&);

using Texts = std::map<std::string, std::string, std::less<>>;  ///< file name -> text
/// sql/migrations: `texts` by file name without folder, `folder` in front of them for messages.
[[nodiscard]] std::vector<Migration> read_migrations(const Texts&, const std::string& folder, Problems&);

}  // namespace ctl::manifest
