#pragma once
#include <memory>

#include "catalog.hpp"
#include "core/listener.hpp"
#include "recorder.hpp"

namespace storefront {

/// The HTTP API. Every answer is JSON; what fails is answered with 500 and a line in the log, as the shop does.
class Api {
 public:
  Api(Recorder&, Catalog&, ctl::Listener&);
  ~Api();
  Api(const Api&) = delete;
  Api& operator=(const Api&) = delete;

  int listen(const std::string& host,
             int port);  ///< from now on; port 0 is any free one; returns the port. Throws ctl::Error{refused} if it is taken
  void stop();           ///< answers what was asked, then ends

 private:
  struct Server;
  std::unique_ptr<Server> server_;
};

}  // namespace storefront
