#include "edge/webhook/post.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/base/feed_limits.h"

namespace backstop::webhook {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";

struct ListCloser {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, ListCloser>;

void append(HeaderList& list, const std::string& field) {
  list.reset(curl_slist_append(list.release(), field.c_str()));
}

// Read and thrown away; more of it than anybody needs ends the transfer.
std::size_t on_body(char* /*bytes*/, std::size_t /*one*/, std::size_t count, void* seen) {
  auto& total = *static_cast<std::size_t*>(seen);
  total += count;
  return total > limits::kWebhookAnswerBytes ? 0 : count;
}

int on_progress(void* stopping, curl_off_t /*a*/, curl_off_t /*b*/, curl_off_t /*c*/,
                curl_off_t /*d*/) {
  return static_cast<const std::atomic<bool>*>(stopping)->load() ? 1 : 0;
}

}  // namespace

std::string origin_of(std::string_view url) {
  const std::size_t scheme = url.find("://");
  const std::size_t host = scheme == url.npos ? 0 : scheme + 3;
  const std::size_t end = std::min(url.find_first_of("/?#", host), url.size());
  const std::string_view place = url.substr(host, end - host);
  const std::size_t at = place.rfind('@');
  return fmt::format("{}{}", url.substr(0, host), at == place.npos ? place : place.substr(at + 1));
}

std::string render_signature(const crypto::HmacSha256& key, Instant now, std::string_view body) {
  const auto seconds = now.time_since_epoch().count();
  const std::string text = fmt::format("{}.{}", seconds, body);
  // SAFETY: char and uint8_t have the same size and alignment; the bytes are only read.
  const crypto::Sha256Mac mac =
      key.compute({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  std::string hex;
  for (const std::uint8_t byte : mac) {
    hex.push_back(kHex[byte >> 4]);
    hex.push_back(kHex[byte & 15]);
  }
  return fmt::format("t={},v1={}", seconds, hex);
}

Outcome outcome_of(long status) {
  if (status >= 200 && status < 300) return Outcome::Delivered;
  if (status >= 500 || (status >= 300 && status < 400)) return Outcome::Later;
  static constexpr std::array<long, 7> kLater = {401, 403, 404, 407, 408, 425, 429};
  return std::ranges::find(kLater, status) != kLater.end() ? Outcome::Later : Outcome::Refused;
}

struct Poster::Handle {
  CURL* curl = curl_easy_init();
  std::array<char, CURL_ERROR_SIZE> words{};
  Handle() = default;
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() {
    if (curl != nullptr) curl_easy_cleanup(curl);
  }
};

Poster::Poster(Target target, std::unique_ptr<Handle> handle)
    : target_(std::move(target)), handle_(std::move(handle)) {}
Poster::~Poster() = default;
Poster::Poster(Poster&&) noexcept = default;

Result<Poster> Poster::make(Target target) {
  static const CURLcode kStarted = curl_global_init(CURL_GLOBAL_DEFAULT);
  auto handle = std::make_unique<Handle>();
  if (kStarted != CURLE_OK || handle->curl == nullptr)
    return fail(Errc::Internal, origin_of(target.url), "libcurl cannot be set up");
  CURL* const curl = handle->curl;
  const auto milliseconds = [](auto span) {
    return static_cast<long>(std::chrono::milliseconds(span).count());
  };
  curl_easy_setopt(curl, CURLOPT_URL, target.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, milliseconds(limits::kWebhookConnect));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, milliseconds(limits::kWebhookWait));
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "backstop/" BACKSTOP_VERSION);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, handle->words.data());
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
  if (!target.ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, target.ca_file.c_str());
  return Poster(std::move(target), std::move(handle));
}

Answer Poster::post(std::string_view body, Instant now, const std::atomic<bool>& is_stopping) {
  CURL* const curl = handle_->curl;
  HeaderList fields;
  append(fields, "Content-Type: application/json");
  append(fields, "Expect:");  // So that a small document goes at once.
  if (target_.key != nullptr)
    append(fields, "Backstop-Signature: " + render_signature(*target_.key, now, body));
  std::size_t seen = 0;
  handle_->words.front() = '\0';
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, fields.get());
  curl_easy_setopt(curl, CURLOPT_POST, 1L);
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.data());
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &seen);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &is_stopping);
  const CURLcode done = curl_easy_perform(curl);
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  const bool is_long = done == CURLE_WRITE_ERROR && seen > limits::kWebhookAnswerBytes;
  if (done != CURLE_OK && !is_long) {
    const std::string words =
        handle_->words.front() != '\0' ? handle_->words.data() : curl_easy_strerror(done);
    return {.outcome = Outcome::Later,
            .is_about_document = done == CURLE_GOT_NOTHING || done == CURLE_RECV_ERROR,
            .sentence = fmt::format("{}: {}", origin_of(target_.url), words),
            .retry_after = {}};
  }
  Answer answer{.outcome = outcome_of(status), .sentence = {}, .retry_after = {}};
  if (answer.outcome == Outcome::Delivered) return answer;
  answer.sentence = fmt::format("{} answered {}", origin_of(target_.url), status);
  curl_off_t wait = 0;
  if (curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &wait) == CURLE_OK && wait > 0)
    answer.retry_after =
        std::min<std::chrono::seconds>(std::chrono::seconds(wait), limits::kWebhookRetryAfter);
  // It asks for time, whatever it is given.
  answer.is_about_document = !answer.retry_after;
  return answer;
}

}  // namespace backstop::webhook
