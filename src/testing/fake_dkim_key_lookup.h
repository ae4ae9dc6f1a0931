// A DNS of selectors in memory.
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/base/limits.h"
#include "core/proof/dkim_answers.h"
#include "ports/dkim_key_lookup.h"

namespace backstop::testing {

// Any thread.
class FakeDkimKeyLookup final : public ports::DkimKeyLookup {
 public:
  void ask(const proof::DkimKeyName& name, Instant now, Done done) override {
    std::optional<Result<proof::DkimKeyAnswer>> answer;
    {
      const std::scoped_lock lock(mutex_);
      answer = answers_.find(name, now);
      if (!answer) {
        ++asked_;
        answer = answers_.keep(name, resolve(name), now);
      }
    }
    done(std::move(*answer));
  }

  // "selector._domainkey.domain" with the text of its record.
  void publish(const std::string& where, std::string record) {
    const std::scoped_lock lock(mutex_);
    zone_[where] = std::move(record);
  }
  // From now on nobody answers about it.
  void fall_silent(const std::string& where) {
    const std::scoped_lock lock(mutex_);
    silent_.insert(where);
  }
  std::size_t asked() const {
    const std::scoped_lock lock(mutex_);
    return asked_;
  }

 private:
  Result<proof::DkimKeyAnswer> resolve(const proof::DkimKeyName& name) const {
    const std::string where = name.selector + "._domainkey." + name.domain;
    if (silent_.contains(where)) return fail(Errc::Unavailable, where, "nobody answered");
    proof::DkimKeyAnswer answer;
    if (const auto found = zone_.find(where); found != zone_.end()) {
      if (auto key = proof::parse_dkim_record(found->second))
        answer.keys.push_back(*std::move(key));
    }
    return answer;
  }

  mutable std::mutex mutex_;
  proof::DkimAnswers answers_;
  std::map<std::string, std::string> zone_;
  std::set<std::string> silent_;
  std::size_t asked_ = 0;
};

}  // namespace backstop::testing
