#pragma once
#include "apply/desk.hpp"

namespace ctl {

/// topic/NAME: a declared topic is created, its partitions and configs brought to what is wanted (manifest and holds).
class TopicHandler : public Handler {
 public:
  explicit TopicHandler(const Desk& desk) : desk_{desk} {}
  void announce(std::span<const Resource>, const Deadline&) override;
  [[nodiscard]] std::optional<Step> look(const Resource&, const Deadline&) override;
  [[nodiscard]] Value before_image(const Step&, const Deadline&) override;
  void apply(const Step&, const Deadline&, Listener&) override;

 private:
  const Desk& desk_;
  std::map<std::string, std::optional<Step>> announced_{};  ///< looked at together; each is good for one look
};

/// All of them at once: one metadata request and one DescribeConfigs for a whole manifest.
[[nodiscard]] std::vector<Step> look_at_topics(const Desk&, std::span<const TopicSpec>, const Deadline&);

}  // namespace ctl
