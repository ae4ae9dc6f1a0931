// The file `gaps` of the store directory: the spans in which mail may have gone out unsigned, one a
// line (core/proof/signing_gap.h).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/proof/signing_gap.h"

namespace backstop::os {

inline constexpr std::string_view kGapFile = "gaps";

struct GapsRead {
  std::vector<proof::SigningGap> gaps;
  unsigned unreadable = 0;  // Lines that are no gap.
};

// None when there is no file.  Errors: as read_text_file (text_file.h).
Result<GapsRead> read_gap_file(const std::string& directory);
// Replaces the file whole.  Errors: as write_text_file.
Result<void> write_gap_file(const std::string& directory,
                            const std::vector<proof::SigningGap>& gaps);

}  // namespace backstop::os
