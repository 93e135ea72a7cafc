#pragma once
#include <optional>
#include <string>

#include "arguments.hpp"
#include "core/deadline.hpp"
#include "health/surroundings.hpp"
#include "render/output.hpp"
#include "settings/settings.hpp"
#include "signals.hpp"

namespace ctl::cli {

/// What settings are made of. Throws Error{config} if there is no working folder.
[[nodiscard]] settings::Given given(const Arguments&, settings::Environment);

/// The whole of an input file, - is stdin. Throws Error{usage} if there is none.
[[nodiscard]] std::string read_input(const std::string& file);

/// What a command works with, made when it is first asked for: a command that needs no server and no file pays for none.
class Session {
 public:
  Session(Arguments, settings::Given, settings::Settings, render::Output&, SignalWatch&);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  [[nodiscard]] const Arguments& arguments() const noexcept { return arguments_; }
  [[nodiscard]] const settings::Settings& settings() const noexcept { return settings_; }
  [[nodiscard]] const Deadline& deadline() const noexcept { return deadline_; }
  [[nodiscard]] bool stopped() const noexcept { return signals_.received() != 0; }  ///< Ctrl-C or SIGTERM
  [[nodiscard]] render::Output& out() noexcept { return out_; }
  [[nodiscard]] Listener& listener() noexcept { return out_.listener(); }

  [[nodiscard]] std::string folder() const { return settings::project_folder(given_); }  ///< throws Error{manifest} if there is no project
  [[nodiscard]] const Project& project();  ///< throws Error{manifest} with everything that is wrong
  /// The connectors in the files of --file, if there are any, take the place of the project's. Throws Error{usage | manifest}. Before
  /// around().
  void read_connector_files();
  [[nodiscard]] const Surroundings& around();  ///< needs the project
  [[nodiscard]] kafka::Settings kafka() const;

 private:
  Arguments arguments_;
  settings::Given given_;
  settings::Settings settings_;
  render::Output& out_;
  SignalWatch& signals_;
  Deadline deadline_;
  std::optional<Project> project_{};
  std::optional<Surroundings> around_{};
};

}  // namespace ctl::cli
