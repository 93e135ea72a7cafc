#pragma once
#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "settings/context_file.hpp"
#include "settings/settings.hpp"

namespace ctl::settings {

inline constexpr std::string_view file_name = "mykartctl.yaml";

/// A value that won, with whom to blame if it is wrong: Code::usage for a flag, Code::config for the rest.
struct Chosen {
  Text text{};
  Code blame{Code::config};
  bool in_clear{};  ///< it stands in the file, not behind a reference
};

/// Everything that may say something about a setting, and who wins. Private to this room.
class Layers {
 public:
  explicit Layers(const Given&);  ///< reads mykartctl.yaml and chooses the context; throws Error{config}

  [[nodiscard]] const Text& context() const noexcept { return context_name_; }
  /// Flag, variable, context, top of the file. Throws Error{config} when a variable contradicts a context that a flag named.
  [[nodiscard]] std::optional<Chosen> said(const Key&);
  [[nodiscard]] std::map<std::string, Chosen> properties(const Key&);
  [[nodiscard]] std::string standard(const Key&) const;  ///< the default; "" if there is none
  [[nodiscard]] std::vector<std::string> unknown_variables() const;
  [[nodiscard]] std::vector<Secret> take_secrets() { return std::move(secrets_); }  ///< that references brought in

 private:
  void choose_context();
  Chosen written(const Written&);
  void refuse_contradiction(const Key&, const Text& by_variable);
  [[nodiscard]] std::vector<std::string> flags(std::string_view name) const;

  const Given& given_;
  std::string folder_{};
  ContextFile file_{};
  Text context_name_{};
  const Layer* context_{};
  std::vector<Secret> secrets_{};
};

}  // namespace ctl::settings
