#include "core/reading/delivery_words.h"

#include <array>
#include <cstdint>

#include "core/base/limits.h"
#include "core/reading/stem_index.h"

namespace backstop::reading {
namespace {

enum class DeliveryWord : std::uint8_t {
  Failed,      // Whole forms of "not delivered".
  Late,        // And of "not yet".
  Not,         // A negation or a failure,
  Deliver,     // and what a mail system does with mail.
  Back,        // returned, refused,
  Mail,        // and what that happened to.
  Who,         // A recipient or mailbox,
  NoSuch,      // and that it is unknown, full or closed.
  Parcel,      // What a carrier brings, no mail system.
  OwnMailbox,  // "your mailbox": a warning, not what became of a message.
};
constexpr unsigned kDeliveryWordCount = static_cast<unsigned>(DeliveryWord::OwnMailbox) + 1;

// In normal text.  Stems, so that gender, number and person do not matter.
constexpr Stems<DeliveryWord> kStems[] = {
#include "core/reading/delivery_words.inc"
};

constexpr StemIndex<kStems> kIndex;

// What belongs to one clause.
constexpr std::size_t kClauseBytes = 64;
// An address may stand between a recipient and what is said of it.
constexpr std::size_t kAddressClauseBytes = 128;

// Where each group stood last: one past its place, 0 for nowhere.
class LastPlaces {
 public:
  void note(std::size_t at, DeliveryWord word) { last_[static_cast<unsigned>(word)] = at + 1; }
  // `at` is a place of one group; whether the other stands shortly before it.
  bool near(std::size_t at, DeliveryWord other, std::size_t bytes) const {
    const std::size_t last = last_[static_cast<unsigned>(other)];
    return last != 0 && at + 1 - last <= bytes;
  }

 private:
  std::array<std::size_t, kDeliveryWordCount> last_{};
};

}  // namespace

DeliveryWords find_delivery_words(std::string_view normal) {
  using enum DeliveryWord;
  DeliveryWords found;
  LastPlaces places;
  kIndex.search(normal.substr(0, limits::kNoticeWordBytes), [&](std::size_t at, DeliveryWord word) {
    places.note(at, word);
    switch (word) {
      case Failed:
        found.failed = true;
        break;
      case Late:
        found.late = true;
        break;
      case Not:
        found.failed = found.failed || places.near(at, Deliver, kClauseBytes);
        break;
      case Deliver:
        found.failed = found.failed || places.near(at, Not, kClauseBytes);
        break;
      case Back:
        found.failed = found.failed || places.near(at, Mail, kClauseBytes);
        break;
      case Mail:
        found.mail = true;
        found.failed = found.failed || places.near(at, Back, kClauseBytes);
        break;
      case Parcel:
        found.parcel = true;
        break;
      case OwnMailbox:
        found.own_mailbox = true;
        break;
      case Who:
        found.no_such = found.no_such || places.near(at, NoSuch, kAddressClauseBytes);
        break;
      case NoSuch:
        found.no_such = found.no_such || places.near(at, Who, kAddressClauseBytes);
        break;
    }
  });
  return found;
}

}  // namespace backstop::reading
