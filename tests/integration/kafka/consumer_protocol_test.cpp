#include <algorithm>
#include <catch2/catch.hpp>

#include "kafka/admin.hpp"
#include "kafka_test.hpp"
#include "support/java_consumer.hpp"
#include "support/process.hpp"

using namespace ctl;
using namespace std::chrono_literals;

namespace {

struct OnNewGroup : OnTopic {
  std::string group{sandbox::unique("group")};

  [[nodiscard]] kafka::Group seen(kafka::Cluster& by) const {
    const auto groups = by.groups(until);
    const auto found = std::find_if(groups.begin(), groups.end(), [&](const auto& g) { return g.name == group; });
    return found == groups.end() ? kafka::Group{} : *found;
  }
};

}  // namespace

TEST_CASE_METHOD(OnNewGroup, "members of a group of the new protocol are shown, and where they cannot be it is not taken for empty") {
  oracle::produce(name, {{.partition = 1, .key = "k", .value = "v"}});
  process::Child one{java_consumer(group, name)}, two{java_consumer(group, name)};
  const auto both = [&] {
    const auto found = seen(cluster);
    return found.state == "Stable" && found.members.value().size() == 2;
  };
  for (; !both(); until.sleep(50ms)) REQUIRE_FALSE(until.over());
  std::vector<kafka::Partition> assigned;
  const auto members = seen(cluster).members.value();
  for (const auto& member : members) {
    CHECK(to_string(member) == "shop@127.0.0.1");
    CHECK_FALSE(member.assigned.empty());
    assigned.insert(assigned.end(), member.assigned.begin(), member.assigned.end());
  }
  std::sort(assigned.begin(), assigned.end());
  CHECK(assigned == std::vector<kafka::Partition>{{name, 0}, {name, 1}, {name, 2}});

  auto secret = settings;
  secret.secrets.emplace("security.protocol", Secret{"plaintext"});  // for all that is known it might be another
  kafka::Cluster blind{secret, quiet};
  const auto unseen = seen(blind);
  CHECK(unseen.state == "Stable");
  CHECK_FALSE(unseen.empty());
  CHECK(unseen.members.error().what() == "the members of group " + group + " are not visible");
  kafka::Admin admin{blind};
  const auto error = error_of([&] { admin.set_group_offsets(group, {{{name, 0}, 0}}, until); });
  CHECK(error.code() == Code::refused);
  CHECK(error.what() == "group " + group + " is in use (Stable)");
}
