// The keys of selectors from DNS, by c-ares in a thread of its own, so that nobody waits for it.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "ports/dkim_key_lookup.h"

namespace backstop::dns {

struct DkimKeyLookupOptions {
  // "127.0.0.1:5353,...": instead of /etc/resolv.conf, which is read anew for every question that
  // finds none open.
  std::string servers = {};
  // After which a question is Errc::Unavailable, well before who asked gives up
  // (limits::kAskWait).
  std::chrono::milliseconds wait{4000};
};

class DkimKeyLookup final : public ports::DkimKeyLookup {
 public:
  explicit DkimKeyLookup(DkimKeyLookupOptions options = {});
  // Answers what is still open with Errc::Unavailable.
  ~DkimKeyLookup() override;
  DkimKeyLookup(const DkimKeyLookup&) = delete;
  DkimKeyLookup& operator=(const DkimKeyLookup&) = delete;

  void ask(const proof::DkimKeyName& name, Instant now, Done done) override;

 private:
  class Resolver;
  std::unique_ptr<Resolver> resolver_;
};

}  // namespace backstop::dns
