#include "connect/http.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <cerrno>
#include <new>
#include <utility>

#include "core/error.hpp"
#include "core/handle.hpp"

namespace ctl::connect {
namespace {

constexpr std::size_t most_bytes = 32U << 20U;

/// libcurl hands over pieces; a short count makes it give up.
std::size_t take(char* bytes, std::size_t, std::size_t count, void* into) noexcept {
  auto& body = *static_cast<std::string*>(into);
  if (body.size() + count > most_bytes) return 0;
  try {
    body.append(bytes, count);
  } catch (const std::bad_alloc&) {  // no exception may pass through C
    return 0;
  }
  return count;
}

std::string part(CURLU* url, CURLUPart which) {
  char* text = nullptr;
  if (curl_url_get(url, which, &text, 0) != CURLUE_OK) return {};
  const Handle<char, curl_free> owner{text};
  return text;
}

/// A proxy of the environment must not come between us and this machine.
bool is_loopback(const std::string& host) { return host == "localhost" || host == "[::1]" || host.starts_with("127."); }

}  // namespace

struct Http::Impl {
  Handle<CURL, curl_easy_cleanup> easy{curl_easy_init()};
  Handle<CURLM, curl_multi_cleanup> multi{curl_multi_init()};
  std::string host{};
};

std::string encode_segment(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
    if (plain)
      encoded += c;
    else
      encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return encoded;
}

Http::Http(Url url) : url_{std::move(url)}, impl_{std::make_unique<Impl>()} {
  const Handle<CURLU, curl_url_cleanup> parsed{curl_url()};
  const bool fine = curl_url_set(parsed.get(), CURLUPART_URL, url_.base.c_str(), 0) == CURLUE_OK;
  const auto scheme = part(parsed.get(), CURLUPART_SCHEME);
  if (!fine || (scheme != "http" && scheme != "https"))
    throw Error{Code::config,
                {.what = "'" + url_.base + "' is no address of a Connect worker", .where = url_.origin, .hint = "http://HOST:8083"}};
  impl_->host = part(parsed.get(), CURLUPART_HOST);
  while (url_.base.ends_with('/')) url_.base.pop_back();
}
Http::~Http() = default;

std::string Http::place() const { return url_.origin.empty() ? url_.base : url_.base + " (" + url_.origin + ")"; }

Answer Http::send(const char* method, const std::string& path, const std::optional<std::string>& json, const Deadline& until) {
  const auto doing = fmt::format("asking {}", place());
  until.check(doing);
  auto* easy = impl_->easy.get();
  auto* multi = impl_->multi.get();
  Answer answer;
  const auto address = url_.base + path;
  Handle<curl_slist, curl_slist_free_all> headers{curl_slist_append(nullptr, "Accept: application/json")};
  const std::string body = json.value_or("");  // PUT /pause has none, and says so by a Content-Length of 0
  const bool sends = std::string_view{method} != "GET" && std::string_view{method} != "DELETE";
  if (sends) curl_slist_append(headers.get(), "Content-Type: application/json");

  curl_easy_reset(easy);  // keeps the connection
  curl_easy_setopt(easy, CURLOPT_URL, address.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &answer.body);
  if (is_loopback(impl_->host)) curl_easy_setopt(easy, CURLOPT_PROXY, "");
  if (sends) {
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body.c_str());
  }
  if (!url_.user.empty()) {
    curl_easy_setopt(easy, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
    curl_easy_setopt(easy, CURLOPT_USERNAME, url_.user.c_str());
    curl_easy_setopt(easy, CURLOPT_PASSWORD, url_.password.reveal().c_str());
  }

  // The multi interface, because curl_easy_perform looks at the clock once a second and a stop would have to wait for it.
  curl_multi_add_handle(multi, easy);
  struct Guard {
    CURLM* multi;
    CURL* easy;
    ~Guard() { curl_multi_remove_handle(multi, easy); }
  } const guard{multi, easy};
  for (int running = 1; running != 0;) {
    if (const auto failed = curl_multi_perform(multi, &running); failed != CURLM_OK)
      throw Error{Code::internal, {.what = "libcurl gave up", .cause = curl_multi_strerror(failed)}};
    if (running == 0) break;
    until.check(doing);
    curl_multi_poll(multi, nullptr, 0, until.left_ms(100ms), nullptr);
  }
  auto result = CURLE_OK;
  int left = 0;
  while (const auto* message = curl_multi_info_read(multi, &left))
    if (message->msg == CURLMSG_DONE) result = message->data.result;
  if (result == CURLE_OK) {
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &answer.status);
    return answer;
  }

  if (result == CURLE_WRITE_ERROR) throw Error{Code::failed, {.what = fmt::format("the answer of {} is larger than 32 MB", address)}};
  long reason = 0;
  curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &reason);
  if (result == CURLE_COULDNT_CONNECT && reason == ECONNREFUSED)
    throw Error{Code::unreachable,
                {.what = "connection refused at " + place(), .hint = "is the Connect worker running? --connect-url names another"}};
  if (result == CURLE_COULDNT_RESOLVE_HOST)
    throw Error{Code::unreachable,
                {.what = fmt::format("{} does not resolve, for {}", impl_->host, place()), .cause = curl_easy_strerror(result)}};
  throw Error{Code::unreachable, {.what = "no answer from " + place(), .cause = curl_easy_strerror(result)}};
}

}  // namespace ctl::connect
