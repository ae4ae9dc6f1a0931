#include "core/mail/defects.h"

#include "core/base/assert.h"

namespace backstop::mail {

std::string_view name_of(Defect defect) {
  switch (defect) {
    case Defect::HeaderFieldTooLong:
      return "header-field-too-long";
    case Defect::TooManyHeaderFields:
      return "too-many-header-fields";
    case Defect::HeaderBlockTooLong:
      return "header-block-too-long";
    case Defect::HeaderLineNotAField:
      return "header-line-not-a-field";
    case Defect::HeaderNotEnded:
      return "header-not-ended";
    case Defect::BoundaryMissing:
      return "boundary-missing";
    case Defect::BoundaryNotClosed:
      return "boundary-not-closed";
    case Defect::BoundaryTooLong:
      return "boundary-too-long";
    case Defect::DepthExceeded:
      return "depth-exceeded";
    case Defect::PartsExceeded:
      return "parts-exceeded";
    case Defect::EncodingUnknown:
      return "encoding-unknown";
    case Defect::EncodingBroken:
      return "encoding-broken";
    case Defect::NulByte:
      return "nul-byte";
    case Defect::CharsetUnknown:
      return "charset-unknown";
    case Defect::CharsetBroken:
      return "charset-broken";
  }
  BS_ASSERT(false);
}

std::vector<std::string_view> Defects::names() const {
  std::vector<std::string_view> out;
  for (unsigned i = 0; i < kDefectCount; ++i) {
    if (const auto defect = static_cast<Defect>(i); has(defect)) out.push_back(name_of(defect));
  }
  return out;
}

}  // namespace backstop::mail
