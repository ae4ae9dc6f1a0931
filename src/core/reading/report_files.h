// Files by which reports of DMARC and TLS come (RFC 9990, RFC 8460 §5.3).
//
// Pure; any thread.
#pragma once

#include "core/mail/walker.h"
#include "core/reading/kind.h"

namespace backstop::reading {

// Notes in `parts` what a part is by its type and name; `named`: the disposition names it as
// aggregate reports are (is_aggregate_file_name).
void note_file(const mail::PartHead& head, bool named, ReportParts& parts);

}  // namespace backstop::reading
