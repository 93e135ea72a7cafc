// mover_driver move|replay|repair DATABASE-URL TOPIC [RATE]: the cart events of the shop, from the table to the topic or back, or those
// that the topic lacks. For tests that kill it.
#include <iostream>

#include "core/error.hpp"
#include "core/text.hpp"
#include "support/cart_events.hpp"
#include "support/quiet.hpp"
#include "support/sandbox.hpp"
#include "transfer/transfer.hpp"

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv, argv + argc);
  if (argc < 4) return 2;
  const ctl::kafka::Settings kafka{sandbox::brokers(), {}, {}, ""};
  const ctl::postgres::Target postgres{arguments[2], {}, "mover_driver", ""};
  const auto table = shop::cart_events(arguments[3]);
  const auto rate = argc > 4 ? ctl::parse_integer(arguments[4]).value_or(0) : 0;
  const ctl::Deadline until{std::chrono::seconds{60}, {}};
  Quiet quiet;
  try {
    if (arguments[1] == "replay") {
      ctl::transfer::Replay{postgres, kafka, table, {.run = 1, .rate = rate}, quiet}.run(until);
      return 0;
    }
    if (arguments[1] == "repair") {
      auto session = ctl::postgres::Connection::open(postgres, ctl::postgres::Access::read_only, quiet, until);
      const auto seen = ctl::transfer::reconcile(session, kafka, table, {}, quiet, until);
      std::cout << "repairing" << std::endl;
      ctl::transfer::repair(postgres, kafka, table, seen, quiet, until);
      return 0;
    }
    std::cout << "moving" << std::endl;
    return ctl::transfer::Mover{postgres, kafka, table, {.rate = rate}, quiet}.catch_up(until).caught_up ? 0 : 3;
  } catch (const ctl::Error& e) {
    std::cerr << e.what() << "\n" << e.text().cause << "\n";
    return e.code() == ctl::Code::busy ? 4 : 1;
  }
}
