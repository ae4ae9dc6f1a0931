// A header block byte for byte, as far as it came: for what is signed over its bytes.
//
// A value; not thread-safe while it changes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace backstop::mail {

struct RawField {
  std::string_view name;  // As received, without the colon and the white space before it.
  std::string_view raw;   // As FieldView::raw.
};

class RawHeader {
 public:
  // False when the field does not fit any more: limits::kRawHeaderBytes in all, and
  // limits::kHeaderFieldsPerBlock fields.  Then no later one is kept either.
  bool append(std::string_view name, std::string_view raw);
  void clear();

  std::size_t size() const { return ends_.size(); }
  bool empty() const { return ends_.empty(); }
  // REQUIRES: index < size().  Valid until the header changes.
  RawField field(std::size_t index) const;

 private:
  struct Ends {
    std::uint32_t name = 0;
    std::uint32_t raw = 0;
  };
  std::string bytes_;
  std::vector<Ends> ends_;
  bool full_ = false;
};

}  // namespace backstop::mail
