// Any bytes as a message: however it is split, the walker makes the same calls, each part begins
// and ends once, and no limit is passed.  The first byte says where and how to split.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/mail/walker.h"
#include "testing/walk_record.h"

namespace {

namespace mail = backstop::mail;
namespace limits = backstop::limits;

class BoundsChecker final : public mail::Visitor {
 public:
  explicit BoundsChecker(mail::PartAction action) : action_(action) {}
  ~BoundsChecker() override = default;

  void on_part(const mail::PartPlace& place) override {
    BS_ASSERT(place.id == ended_.size());
    BS_ASSERT(place.depth < limits::kMimeDepth && place.id < limits::kMimeParts);
    BS_ASSERT(place.id == 0 || (place.parent < place.id && !ended_[place.parent]));
    ended_.push_back(false);
    headed_.push_back(false);
  }
  void on_field(mail::PartId part, const mail::FieldView& field) override {
    BS_ASSERT(part == 0 || !headed_[part]);
    BS_ASSERT(!field.name.empty());
    BS_ASSERT(field.name.size() + 1 + field.raw.size() <= limits::kWalkerHeldBytes);
  }
  mail::PartAction on_header_end(const mail::PartHead& head) override {
    BS_ASSERT(!headed_[head.place.id]);
    BS_ASSERT(head.parameters.size() <= limits::kParametersPerField);
    headed_[head.place.id] = true;
    return action_;
  }
  void on_content(mail::PartId part, std::string_view bytes) override {
    BS_ASSERT(headed_[part] && !ended_[part] && !bytes.empty());
    BS_ASSERT(action_ != mail::PartAction::Skip);
  }
  void on_part_end(mail::PartId part, bool) override {
    BS_ASSERT(headed_[part] && !ended_[part]);
    ended_[part] = true;
  }
  void check_ended() const {
    for (const bool ended : ended_)
      BS_ASSERT(ended);
  }

 private:
  mail::PartAction action_;
  std::vector<bool> headed_, ended_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  // SAFETY: char and uint8_t have the same size and alignment; the bytes are only read.
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t first = bytes.size() * data[0] / 256;
  const std::size_t piece = 1 + data[0] % 17;

  const std::string whole = backstop::testing::record_walk(bytes, bytes.size(), 1);
  BS_ASSERT(backstop::testing::record_walk(bytes, first, bytes.size() + 1) == whole);
  BS_ASSERT(backstop::testing::record_walk(bytes, 0, piece) == whole);

  for (const mail::PartAction action :
       {mail::PartAction::Skip, mail::PartAction::Decode, mail::PartAction::Enter}) {
    BoundsChecker checker(action);
    mail::Walker walker(checker);
    walker.feed(bytes.substr(0, first));
    walker.feed(bytes.substr(first));
    walker.finish();
    checker.check_ended();
  }
  return 0;
}
