#include <sys/wait.h>

#include <cstdlib>

#include "integration/apply_connector/shop.hpp"
#include "integration/apply_connector/writer.hpp"

using namespace ctl;

namespace {

enum class End : unsigned char { done, killed, failed };

/// Applies in a process of its own, as every command does, which kills itself at the point ("" = at none). This process never passes a
/// fault point: a process looks up which one is meant only once.
End apply(Shop& shop, const std::string& point = {}) {
  const auto child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    if (!point.empty()) ::setenv("MYKARTCTL_FAULT", (point + "=kill").c_str(), 1);
    try {
      static_cast<void>(shop.apply());
    } catch (const std::exception&) { ::_exit(3); }
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) return End::killed;
  return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? End::done : End::failed;
}

}  // namespace

TEST_CASE("killed at any point of a change of tables, the same command again ends right and no change is lost") {
  Shop shop;
  CHECK(apply(shop, "connector.prepared") == End::killed);  // the role is there, the rest is not
  CHECK(apply(shop, "connector.published") == End::killed);
  CHECK(apply(shop) == End::done);
  {
    const Writer writer{shop.database.url()};
    for (const std::string point : {"connector.published", "connector.stopped", "connector.configured"}) {
      INFO(point);
      const bool wide = shop.file().tables().size() == 2;
      shop.capture(wide ? "public.orders,public.items,public.clicks" : "public.orders,public.items");
      CHECK(apply(shop, point) == End::killed);
      // Published and not yet captured: a connector that had not been stopped would take this row for none of its own, and confirm it.
      if (point == "connector.published") shop.database.run("insert into clicks default values");
      CHECK(apply(shop) == End::done);
      CHECK(shop.plan().steps.empty());
    }
  }
  CHECK(shop.all_arrived("clicks", "click_id") == "");
  CHECK(shop.all_arrived("orders", "order_id") == "");
  CHECK(shop.status().verdict == health::ConnectorVerdict::healthy);
}
