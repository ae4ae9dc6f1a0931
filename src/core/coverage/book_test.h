// A domain that has signed since kStart, and what tests do with its book.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "core/coverage/book.h"
#include "core/coverage/domain_view.h"

namespace backstop::coverage {

inline const Instant kStart = parse_instant("2026-10-01T00:00:00Z").value();
inline const std::string kShop = "shop.test";
inline const PathName kEsp{PathKind::MessageId, "esp.example"};
inline const PathName kSubmission{PathKind::Service, "postfix/submission/smtpd"};

class BookFixture : public ::testing::Test {
 protected:
  BookFixture() { book_.on_outgoing(kShop, true, kStart); }
  // The record forbids all but us.
  void publish(std::vector<SpfPlace> places = {}, char all = '-', Instant at = kStart) {
    book_.on_spf(kShop, {.has_record = true, .all = all, .places = std::move(places), .fault = ""},
                 at);
  }
  static SpfPlace place(const std::string& text, bool is_own = false) {
    return {.text = text, .is_own = is_own, .is_open = false, .networks = {}};
  }
  void see(const PathName& path, Weight weight, Instant at, const std::string& address = "a") {
    Sighting sighting{
        .path = path, .address = address + "@shop.test", .at = at, .sent = at, .weight = weight};
    const bool settled = words_.said.contains(path) && words_.said[path].word != Word::Later;
    book_.on_sighting(kShop, sighting, settled);
  }
  void say(const PathName& path, Word word, Instant at, std::vector<std::string> addresses = {}) {
    words_.said[path] = {word, at, std::move(addresses)};
  }
  DomainView view() const { return find_coverage(kShop, book_.find(kShop), &words_, book_.lost()); }
  policy::Coverage coverage() const { return view().coverage; }
  policy::Coverage of(const std::string& address) const { return coverage_of(view(), address); }
  const Path& path(const PathName& name) const { return book_.find(kShop)->paths.at(name); }

  Book book_;
  DomainWords words_;
};

}  // namespace backstop::coverage
