// What was wrong with a message, as values beside what could be read of it.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace backstop::mail {

enum class Defect : std::uint8_t {
  HeaderFieldTooLong,   // Cut at limits::kWalkerHeldBytes.
  TooManyHeaderFields,  // Past limits::kHeaderFieldsPerBlock.
  HeaderBlockTooLong,   // Past limits::kHeaderBytesPerBlock.
  HeaderLineNotAField,  // A line in a header block that is no field; read on behind it.
  HeaderNotEnded,       // The input ended inside a header block.
  BoundaryMissing,      // A multipart without a boundary parameter: read as one opaque part.
  BoundaryNotClosed,    // The input or the parent ended before the closing boundary.
  BoundaryTooLong,      // Past limits::kBoundaryBytes: read as one opaque part.
  DepthExceeded,        // Past limits::kMimeDepth.
  PartsExceeded,        // Past limits::kMimeParts.
  EncodingUnknown,      // A Content-Transfer-Encoding nobody defined: read as it stands.
  EncodingBroken,       // Base64 or quoted-printable that does not decode; the rest was read.
  NulByte,              // A NUL where mail has none.
  CharsetUnknown,       // A charset iconv does not know.
  CharsetBroken,        // Bytes that are not of the declared charset.
};

inline constexpr unsigned kDefectCount = static_cast<unsigned>(Defect::CharsetBroken) + 1;

// "header-field-too-long": stable, used in JSON.
std::string_view name_of(Defect defect);

// A set of defects.
class Defects {
 public:
  void add(Defect defect) { bits_ |= bit(defect); }
  void add(const Defects& other) { bits_ |= other.bits_; }
  bool has(Defect defect) const { return (bits_ & bit(defect)) != 0; }
  bool empty() const { return bits_ == 0; }
  // Names in the order of the enumeration.
  std::vector<std::string_view> names() const;
  bool operator==(const Defects&) const = default;

 private:
  static std::uint32_t bit(Defect defect) { return 1U << static_cast<unsigned>(defect); }
  std::uint32_t bits_ = 0;
};

}  // namespace backstop::mail
