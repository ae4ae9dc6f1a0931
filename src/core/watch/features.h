// What messages of one run have in common, as marks that are counted: the subject of the original,
// the host behind its Message-ID, how its From is made, the hosts its links lead to.
//
// Invariants
//   (1) At most limits::kWatchFeatures are known; those seen rarely, of no run, are forgotten
//   first. (2) What was seen in an answer to mail of ours tells nothing apart: it is no mark of any
//   run.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/base/watch_limits.h"
#include "core/watch/event.h"
#include "core/watch/recent.h"

namespace backstop::watch {

enum class FeatureSort : std::uint8_t { Subject, MessageId, From, Link };
inline constexpr unsigned kFeatureSorts = static_cast<unsigned>(FeatureSort::Link) + 1;
std::string_view name_of(FeatureSort sort);  // "message-id"
// A From is made alike in the mail of many; alone it is no mark.
constexpr bool is_telling(FeatureSort sort) {
  return sort != FeatureSort::From;
}

struct FeatureText {
  FeatureSort sort = FeatureSort::Subject;
  std::string text;
  std::uint64_t hash = 0;
};

// Those of one message, of every sort; none names a domain that is the recipient's own.
class FeatureTexts {
 public:
  FeatureTexts(const Event& event, std::uint64_t seed);
  const FeatureText* begin() const { return texts_.data(); }
  const FeatureText* end() const { return texts_.data() + size_; }
  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }

 private:
  void add(FeatureSort sort, std::string text, std::uint64_t seed);

  std::array<FeatureText, 3 + limits::kWatchLinks> texts_;
  std::size_t size_ = 0;
};

// One address of ours, in any case of letters.
std::uint64_t hash_address(std::string_view local, std::string_view domain, std::uint64_t seed);
// `host` is `domain` or within it.
bool is_within(std::string_view host, std::string_view domain);

struct Feature {
  FeatureSort sort = FeatureSort::Subject;
  std::string text;
  std::uint32_t n = 0;     // In answers to what is not ours.
  std::uint32_t ours = 0;  // In answers to mail of ours.
  std::uint32_t run = 0;   // Of which it is a mark; 0 for none.
  Second last = 0;
  RecentNames<8> clients;
};

class FeatureTable {
 public:
  // So many can be counted without another being forgotten: references stay valid so long.
  void make_room(std::size_t n);
  // The feature as it is then.
  Feature& count(const FeatureText& one, Second at, std::uint64_t client);
  Feature& count_ours(const FeatureText& one, Second at);
  Feature* find(std::uint64_t hash);
  const std::unordered_map<std::uint64_t, Feature>& all() const { return features_; }
  // From a file.
  void restore(std::uint64_t hash, Feature feature) { features_[hash] = std::move(feature); }

 private:
  Feature& open(const FeatureText& one, Second at);
  void forget_rare();

  std::unordered_map<std::uint64_t, Feature> features_;
};

}  // namespace backstop::watch
