// One document to one URL, as a signed POST over libcurl.
//
// The certificate of the receiver is verified; redirects are not followed; a proxy is used as curl
// does (https_proxy, no_proxy in the environment).
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/crypto/hmac.h"

namespace backstop::webhook {

// Where documents go.
struct Target {
  std::string url;      // http or https.
  std::string ca_file;  // Certificates to trust instead of the system's; "" for these.
  std::shared_ptr<const crypto::HmacSha256> key;  // Null: not signed.
};

// Scheme, host and port, as they may be shown: what stands behind may be a secret.
std::string origin_of(std::string_view url);

// "t=1795262400,v1=…": of the field Backstop-Signature.  v1 is the HMAC-SHA256 in hex over the
// seconds, a dot, and the body.
std::string render_signature(const crypto::HmacSha256& key, Instant now, std::string_view body);

enum class Outcome { Delivered, Refused, Later };
struct Answer {
  Outcome outcome = Outcome::Later;
  // The receiver got it, and neither took it nor asked for time: another one may fare better.
  bool is_about_document = false;
  std::string sentence;  // What went wrong; holds the receiver's words, not escaped.
  std::optional<std::chrono::seconds> retry_after;
};
// What a status means.  Delivered: 2xx.  Later: what may pass (408, 425, 429, 5xx), and what says
// that address or secret are not right yet (401, 403, 404, 407, 3xx), since a person can mend that.
// Refused: every other.
Outcome outcome_of(long status);

class Poster {
 public:
  // Errors: Errc::Internal when libcurl cannot be set up.
  static Result<Poster> make(Target target);
  ~Poster();
  Poster(Poster&&) noexcept;
  Poster& operator=(Poster&&) = delete;

  // Waits for the answer, within limits::kWebhookWait; given up at once when `is_stopping` becomes
  // true.  One thread.
  Answer post(std::string_view body, Instant now, const std::atomic<bool>& is_stopping);

 private:
  struct Handle;
  Poster(Target target, std::unique_ptr<Handle> handle);
  Target target_;
  std::unique_ptr<Handle> handle_;
};

}  // namespace backstop::webhook
