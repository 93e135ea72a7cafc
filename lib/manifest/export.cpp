#include <algorithm>

#include "manifest/manifest.hpp"
#include "manifest/names.hpp"

namespace ctl::manifest {
namespace {

constexpr std::string_view rest = "exported";  ///< the family of topics that no declared family's pattern fits

const Family* family_of(const TopicState& state, const Project& project) {
  const auto* declared = project.topic(state.name);
  const auto found = std::find_if(project.families.begin(), project.families.end(), [&](const Family& family) {
    return declared != nullptr ? family.name == declared->family : matches(family.pattern, state.name);
  });
  return found == project.families.end() ? nullptr : &*found;
}

Value topic_of(const TopicState& state, const Project& project) {
  const auto* declared = project.topic(state.name);
  const auto* family = family_of(state, project);
  Value topic, config;
  topic.set("description", declared != nullptr ? declared->description : "to be described")
      .set("owner", declared != nullptr ? declared->owner : "unknown")
      .set("family", family != nullptr ? family->name : rest)
      .set("partitions", state.partitions.size())
      .set("replication", state.replication());
  for (const auto& [key, entry] : state.config)
    if (entry.origin == Origin::topic && entry.value) config.set(key, *entry.value);
  if (!config.is_null()) topic.set("config", std::move(config));
  if (declared != nullptr && !declared->captures.empty()) topic.set("captures", declared->captures);
  if (declared != nullptr && declared->expect_empty) topic.set("expect", "empty");
  return topic;
}

}  // namespace

Value exported(std::span<const TopicState> live, const Project& project) {
  Value families{Value::Map{}}, topics{Value::Map{}}, file;
  for (const auto& state : live) {
    const auto* family = family_of(state, project);
    Value one;
    one.set("pattern", family != nullptr ? family->pattern : "*");
    if (family != nullptr && !family->description.empty()) one.set("description", family->description);
    families.set(family != nullptr ? family->name : std::string{rest}, std::move(one));
    topics.set(state.name, topic_of(state, project));
  }
  file.set("version", 1).set("families", std::move(families));
  return file.set("topics", std::move(topics));
}

}  // namespace ctl::manifest
