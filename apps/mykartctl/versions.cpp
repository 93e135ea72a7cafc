#include "versions.hpp"

#include <curl/curl.h>
#include <fmt/core.h>
#include <librdkafka/rdkafka.h>
#include <openssl/crypto.h>

#include <CLI/Version.hpp>
#include <pqxx/version.hxx>

namespace ctl::cli {

std::string_view tool_version() noexcept { return MYKARTCTL_VERSION; }

std::vector<Library> libraries_used() {
  return {{"librdkafka", rd_kafka_version_str()},
          {"libpqxx", PQXX_VERSION},
          {"libcurl", curl_version_info(CURLVERSION_NOW)->version},
          {"openssl", OpenSSL_version(OPENSSL_VERSION_STRING)},
          {"fmt", std::to_string(FMT_VERSION / 10000) + "." + std::to_string(FMT_VERSION / 100 % 100)},
          {"CLI11", CLI11_VERSION}};
}

}  // namespace ctl::cli
