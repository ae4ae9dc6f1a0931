#include "core/watch/features.h"

#include <algorithm>
#include <vector>

#include "core/base/ascii.h"
#include "core/watch/fingerprint.h"
#include "core/watch/hash.h"

namespace backstop::watch {
namespace {

// Shorter subjects are everybody's: "hello".
constexpr std::size_t kSubjectLeast = 6;

}  // namespace

std::string_view name_of(FeatureSort sort) {
  switch (sort) {
    case FeatureSort::Subject:
      return "subject";
    case FeatureSort::MessageId:
      return "message-id";
    case FeatureSort::From:
      return "from";
    case FeatureSort::Link:
      return "link";
  }
  return "";
}

bool is_within(std::string_view host, std::string_view domain) {
  if (domain.empty() || host.size() < domain.size()) return false;
  const std::string_view end = host.substr(host.size() - domain.size());
  return ascii::equals_folded(end, domain) &&
         (host.size() == domain.size() || host[host.size() - domain.size() - 1] == '.');
}

std::uint64_t hash_address(std::string_view local, std::string_view domain, std::uint64_t seed) {
  std::array<char, 64> small{};
  const std::size_t size = std::min(local.size(), small.size());
  ascii::lower_into(small.data(), local.substr(0, size));
  const std::uint64_t head = hash_text(std::string_view(small.data(), size), seed);
  return hash_text(domain, mix(head ^ hash_text(local.substr(size), seed)));
}

void FeatureTexts::add(FeatureSort sort, std::string text, std::uint64_t seed) {
  const std::uint64_t hash = hash_text(text, seed + 1 + static_cast<std::uint64_t>(sort));
  texts_.at(size_++) = FeatureText{.sort = sort, .text = std::move(text), .hash = hash};
}

FeatureTexts::FeatureTexts(const Event& event, std::uint64_t seed) {
  const JudgedMessage& message = *event.message;
  if (std::string subject = normalise_subject(message.subject); subject.size() >= kSubjectLeast)
    add(FeatureSort::Subject, std::move(subject), seed);
  const auto host_of = [&](std::string_view address) {
    const std::size_t at = address.rfind('@');
    const std::string_view host = at == address.npos ? "" : address.substr(at + 1);
    return is_within(host, event.domain) ? std::string() : find_host_pattern(host);
  };
  if (std::string host = host_of(message.message_id); !host.empty())
    add(FeatureSort::MessageId, std::move(host), seed);
  if (std::string host = host_of(message.from); !host.empty())
    add(FeatureSort::From,
        find_pattern(message.from.substr(0, message.from.rfind('@'))) + "@" + host, seed);
  std::size_t links = 0;
  for (const std::string_view host : message.link_hosts) {
    if (links == limits::kWatchLinks) break;
    if (host.empty() || is_within(host, event.domain)) continue;
    std::string pattern = find_host_pattern(host);
    const bool known = std::ranges::any_of(*this, [&](const FeatureText& one) {
      return one.sort == FeatureSort::Link && one.text == pattern;
    });
    if (known) continue;
    add(FeatureSort::Link, std::move(pattern), seed);
    ++links;
  }
}

Feature* FeatureTable::find(std::uint64_t hash) {
  const auto found = features_.find(hash);
  return found == features_.end() ? nullptr : &found->second;
}

Feature& FeatureTable::open(const FeatureText& one, Second at) {
  auto found = features_.find(one.hash);
  if (found == features_.end()) {
    found = features_.try_emplace(one.hash).first;
    found->second.sort = one.sort;
    found->second.text = one.text;
  }
  found->second.last = at;
  return found->second;
}

Feature& FeatureTable::count(const FeatureText& one, Second at, std::uint64_t client) {
  Feature& feature = open(one, at);
  ++feature.n;
  feature.clients.add(client, at);
  return feature;
}

Feature& FeatureTable::count_ours(const FeatureText& one, Second at) {
  Feature& feature = open(one, at);
  ++feature.ours;
  return feature;
}

void FeatureTable::make_room(std::size_t n) {
  if (features_.size() + n > limits::kWatchFeatures) forget_rare();
}

// Half of them: of those that are no mark of a run the rarest, and of equals the oldest.
void FeatureTable::forget_rare() {
  struct Rank {
    std::uint64_t worth;
    std::uint64_t hash;
  };
  std::vector<Rank> ranks;
  ranks.reserve(features_.size());
  for (const auto& [hash, feature] : features_) {
    const std::uint64_t n = std::uint64_t{feature.n} + feature.ours;
    const std::uint64_t marked = feature.run != 0 ? std::uint64_t{1} << 63U : 0;
    ranks.push_back(
        {.worth = marked | (std::min<std::uint64_t>(n, 0x7fff'ffff) << 32U) | feature.last,
         .hash = hash});
  }
  const auto middle = ranks.begin() + static_cast<std::ptrdiff_t>(ranks.size() / 2);
  std::nth_element(ranks.begin(), middle, ranks.end(),
                   [](const Rank& a, const Rank& b) { return a.worth < b.worth; });
  for (auto rank = ranks.begin(); rank != middle; ++rank)
    features_.erase(rank->hash);
}

}  // namespace backstop::watch
